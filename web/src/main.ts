import { createApp } from 'vue'
import App from './App.vue'
import { initLang } from './lib/i18n'
import { router } from './lib/router'
import { guardRoutes } from './lib/session'
import './styles.css'

// A chunk of an older build is gone after an upgrade: read the page anew, once.
addEventListener('vite:preloadError', (e) => {
  if (sessionStorage.getItem('reloaded') === location.href) return
  sessionStorage.setItem('reloaded', location.href)
  e.preventDefault()
  location.reload()
})
guardRoutes()
void initLang().finally(() => createApp(App).use(router).mount('#app'))

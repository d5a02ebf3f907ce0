/* The editor page, /dmn.html?revision=ID: an entry of its own, because dmn-js is as large as the whole app
 * and needs inline styles, which the app's security policy refuses. */
import { createApp } from 'vue'
import { initLang } from '../lib/i18n'
import DmnPage from './DmnPage.vue'
import '../styles.css'

void initLang().finally(() => createApp(DmnPage).mount('#app'))

/* Routes: one page, one lazy chunk. */
import { createRouter, createWebHistory } from 'vue-router'
import type { Key } from './i18n'

declare module 'vue-router' {
  interface RouteMeta { title?: Key; open?: boolean; right?: string }
}

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, from, saved) => saved ?? (_to.path === from.path ? false : { top: 0 }),
  routes: [
    { path: '/', component: () => import('../pages/OverviewPage.vue'), meta: { title: 'nav.overview', right: 'overview:read' } },
    { path: '/enterprises', component: () => import('../pages/EnterprisesPage.vue'), meta: { title: 'nav.enterprises', right: 'enterprise:read' } },
    { path: '/enterprises/:id', component: () => import('../pages/EnterprisePage.vue'), meta: { title: 'nav.enterprises', right: 'enterprise:read' } },
    { path: '/rules', component: () => import('../pages/RulesPage.vue'), meta: { title: 'nav.rules', right: 'rule:read' } },
    { path: '/rules/:pack/:id', component: () => import('../pages/RulePage.vue'), meta: { title: 'nav.rules', right: 'rule:read' } },
    { path: '/revisions', component: () => import('../pages/RevisionsPage.vue'), meta: { title: 'rev.title', right: 'revision:read' } },
    { path: '/revisions/:id', component: () => import('../pages/RevisionPage.vue'), meta: { title: 'rev.title', right: 'revision:read' } },
    { path: '/imports', component: () => import('../pages/ImportsPage.vue'), meta: { title: 'nav.imports', right: 'import:read' } },
    { path: '/imports/:id', component: () => import('../pages/ImportPage.vue'), meta: { title: 'nav.imports', right: 'import:read' } },
    { path: '/match', component: () => import('../pages/MatchPage.vue'), meta: { title: 'nav.match', right: 'match:run' } },
    { path: '/users', component: () => import('../pages/UsersPage.vue'), meta: { title: 'nav.users', right: 'user:read' } },
    // flows, cases, evidence files, tasks
    { path: '/tasks', component: () => import('../pages/TasksPage.vue'), meta: { title: 'nav.tasks', right: 'task:read' } },
    { path: '/cases', component: () => import('../pages/CasesPage.vue'), meta: { title: 'case.list', right: 'case:read' } },
    { path: '/cases/:id', component: () => import('../pages/CasePage.vue'), meta: { title: 'case.title', right: 'case:read' } },
    // people, offices, organisations
    { path: '/organisations', component: () => import('../pages/OrganisationsPage.vue'), meta: { title: 'org.title', right: 'office:read' } },
    { path: '/organisations/:id', component: () => import('../pages/PartnerPage.vue'), meta: { title: 'partner.head', right: 'recommendation:read' } },
    { path: '/account', component: () => import('../pages/AccountPage.vue'), meta: { title: 'acc.title' } },
    { path: '/my', component: () => import('../pages/MyPage.vue'), meta: { title: 'my.title', right: 'firm:read' } },
    { path: '/invitation', component: () => import('../pages/InvitationPage.vue'), meta: { title: 'invite.title', open: true } },
    // titles, recommendations, discovery
    { path: '/library', component: () => import('../pages/LibraryPage.vue'), meta: { title: 'lib.title', right: 'library:read' } },
    { path: '/library/expiring', component: () => import('../pages/LibraryDuePage.vue'), meta: { title: 'lib.due', right: 'library:read' } },
    { path: '/library/lists', component: () => import('../pages/TitleListsPage.vue'), meta: { title: 'lists.title', right: 'title:write' } },
    { path: '/discovery', component: () => import('../pages/DiscoveryPage.vue'), meta: { title: 'dis.title', right: 'discovery:read' } },
    { path: '/recommendations', component: () => import('../pages/RecommendationsPage.vue'), meta: { title: 'rec.title', right: 'recommendation:read' } },
    { path: '/recommendations/new', component: () => import('../pages/RecommendationNewPage.vue'), meta: { title: 'rec.new', right: 'recommendation:write' } },
    { path: '/watches', component: () => import('../pages/WatchesPage.vue'), meta: { title: 'wat.title', right: 'watch:read' } },
    { path: '/authorisations', component: () => import('../pages/AuthorisationsPage.vue'), meta: { title: 'aut.title', right: 'authorisation:read' } },
    // rounds and reviews
    { path: '/rounds', component: () => import('../pages/RoundsPage.vue'), meta: { title: 'round.title', right: 'round:read' } },
    { path: '/rounds/:id', component: () => import('../pages/RoundPage.vue'), meta: { title: 'round.title', right: 'round:read' } },
    { path: '/reviews', component: () => import('../pages/ReviewsPage.vue'), meta: { title: 'review.title', right: 'review:read' } },
    { path: '/reviews/:id', component: () => import('../pages/ReviewPage.vue'), meta: { title: 'review.title', right: 'review:read' } },
    // notices, letters, certificates
    { path: '/notices', component: () => import('../pages/NoticesPage.vue'), meta: { title: 'notice.title', right: 'notice:read' } },
    { path: '/notices/:id', component: () => import('../pages/NoticePage.vue'), meta: { title: 'notice.title', right: 'notice:read' } },
    { path: '/letters', component: () => import('../pages/LettersPage.vue'), meta: { title: 'letter.list', right: 'letter:read' } },
    { path: '/letters/:id', component: () => import('../pages/LetterPage.vue'), meta: { title: 'letter.list', right: 'letter:read' } },
    { path: '/certificates', component: () => import('../pages/CertificatesPage.vue'), meta: { title: 'cert.list', right: 'certificate:read' } },
    // sealed bundles, notifications, audit
    { path: '/audit', component: () => import('../pages/AuditPage.vue'), meta: { title: 'nav.audit', right: 'audit:read' } },
    // reconciling lists
    { path: '/reconciliations', component: () => import('../pages/ReconciliationsPage.vue'), meta: { title: 'nav.reconciliations', right: 'reconciliation:read' } },
    { path: '/reconciliations/:id', component: () => import('../pages/ReconciliationPage.vue'), meta: { title: 'nav.reconciliations', right: 'reconciliation:read' } },
    { path: '/help', component: () => import('../pages/HelpPage.vue'), meta: { title: 'nav.help' } },
    { path: '/sign-in', component: () => import('../pages/SignInPage.vue'), meta: { title: 'sign.title', open: true } },
    { path: '/:rest(.*)*', component: () => import('../pages/NotFoundPage.vue'), meta: { title: 'none.title' } },
  ],
})

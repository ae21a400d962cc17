// Who may import whom. Each rule carries its reason; tests/boundaries plants a violation of each and sees it fire.

const BACKEND = '^packages/backend/src'
const FEATURES = `${BACKEND}/features`
const TESTS = '(^|/)(tests|bench)/|\\.(test|suite)\\.tsx?$'

/** @param {string[]} names */
const packages = (...names) => names.map((name) => `node_modules/${name}/`)

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const programs = [
  {
    name: 'contract-imports-only-zod',
    comment: 'The contract runs in servers, browsers and other people’s clients alike.',
    from: { path: '^packages/contract/src', pathNot: TESTS },
    to: { pathNot: ['^packages/contract/src', ...packages('zod')] },
  },
  {
    name: 'client-imports-only-the-contract',
    comment: 'The client is the contract made callable: it knows no server and no user interface.',
    from: { path: '^packages/client/' },
    to: { path: '^packages/(?!client/|contract/)' },
  },
  {
    name: 'servers-meet-only-through-the-contract',
    comment: 'Core and backend run on different machines; what they share is what they say to each other.',
    from: { path: '^packages/core/', pathNot: TESTS },
    to: { path: '^packages/(?!core/|contract/)' },
  },
  {
    name: 'the-backend-meets-others-through-client-and-contract',
    comment: 'It imports folders by the engine of every client, and reaches core over HTTP alone.',
    from: { path: '^packages/backend/', pathNot: TESTS },
    to: { path: '^packages/(?!backend/|contract/|client/)' },
  },
  {
    name: 'user-interfaces-meet-only-through-client-and-contract',
    comment: 'A user interface does nothing to a server that any other client could not.',
    from: { path: '^packages/(web|cli)/', pathNot: TESTS },
    to: { path: '^packages/(?!$1/|contract/|client/)' },
  },
  {
    name: 'packages-are-entered-by-their-front-door',
    comment: 'What a package does not export may change without asking anybody.',
    from: { path: '^packages/([^/]+)/' },
    to: { path: '^packages/(?!$1/)[^/]+/', pathNot: '^packages/([^/]+/src|client/src/disk)/index\\.ts$' },
  },
  {
    name: 'what-runs-in-a-browser-reads-no-disk',
    comment:
      'The engine serves the web app and Node alike; what walks folders needs Node, behind a door of its own.',
    from: { path: ['^packages/web/', '^packages/client/src/(?!disk/)'], pathNot: TESTS },
    to: { path: '^packages/client/src/disk/' },
  },
  {
    name: 'the-backend-knows-no-images',
    comment: 'The backend never decodes, resizes or encodes an image: a hostile file must not reach it.',
    from: { path: '^packages/backend/', pathNot: TESTS },
    to: { path: packages('sharp', 'heic-decode', 'exifreader') },
  },
]

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const backend = [
  {
    name: 'a-feature-does-not-import-a-feature',
    comment: 'Features stay removable and readable alone; app.ts introduces them to each other.',
    from: { path: `${FEATURES}/([^/]+)/`, pathNot: TESTS },
    to: { path: `${FEATURES}/(?!$1/)` },
  },
  {
    name: 'shared-ground-does-not-know-features',
    comment:
      'What all features stand on cannot stand on one of them; only app.ts and the entry points see them all.',
    from: { path: `${BACKEND}/`, pathNot: [FEATURES, `${BACKEND}/(app|main|admin|run-server)\\.ts$`, TESTS] },
    to: { path: FEATURES },
  },
  {
    name: 'routes-are-imported-by-nobody-inside',
    comment: 'Layers are directions: routes call services and repositories, never the other way round.',
    from: { path: `${FEATURES}/`, pathNot: [`\\.routes\\.ts$`, TESTS] },
    to: { path: '\\.routes\\.ts$' },
  },
  {
    name: 'repositories-do-not-import-services',
    comment: 'Layers are directions: a repository answers a service and does not know it.',
    from: { path: `${FEATURES}/.*\\.repository\\.ts$` },
    to: { path: '\\.service\\.ts$' },
  },
  {
    name: 'only-routes-know-http',
    comment:
      'What a feature does must be callable from a command line, a job or another feature’s transaction.',
    from: { path: `${FEATURES}/`, pathNot: [`\\.routes\\.ts$`, TESTS] },
    to: { path: [`${BACKEND}/http/`, ...packages('fastify', '@fastify/[^/]+')] },
  },
  {
    name: 'storage-knows-neither-access-nor-http',
    comment: 'Storage keeps bytes and rows; who may see them is decided above it.',
    from: { path: `${BACKEND}/storage/`, pathNot: TESTS },
    to: { path: [`${BACKEND}/(access|http)/`, ...packages('fastify')] },
  },
  {
    name: 'sql-is-built-in-repositories-access-and-storage',
    comment: 'Every query stands where its viewer is checked; other files may name the types.',
    from: {
      path: `${BACKEND}/`,
      pathNot: ['\\.repository\\.ts$', `${BACKEND}/(access|storage)/`, TESTS],
    },
    to: { path: packages('kysely'), dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'only-entry-points-name-an-adapter',
    comment:
      'Both databases and every preview store run the same code because nothing else can tell them apart.',
    from: { path: `${BACKEND}/`, pathNot: [`${BACKEND}/(main|admin|storage/open-database)\\.ts$`, TESTS] },
    to: {
      path: [
        `${BACKEND}/storage/(open-database|database/(sqlite|postgres))\\.ts$`,
        `${BACKEND}/storage/previews/(disk|s3)-`,
      ],
    },
  },
  {
    name: 'only-adapters-import-a-driver',
    comment: 'A driver’s types and habits stay inside the adapter that hides them.',
    from: {
      path: `${BACKEND}/`,
      pathNot: [`${BACKEND}/storage/database/(sqlite|sqlite-table-sizes|postgres)\\.ts$`, TESTS],
    },
    to: { path: packages('better-sqlite3', 'pg') },
  },
]

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const web = [
  {
    name: 'a-web-feature-does-not-import-a-web-feature',
    comment: 'A page can be taken out without another breaking; the shell in app/ puts them together.',
    from: { path: '^packages/web/src/features/([^/]+)/', pathNot: TESTS },
    to: { path: '^packages/web/src/features/(?!$1/)' },
  },
  {
    name: 'only-the-web-shell-knows-web-features',
    comment: 'Buttons, dates and server state serve every page and know none.',
    from: {
      path: '^packages/web/src/',
      pathNot: ['^packages/web/src/(features|app)/', '^packages/web/src/main\\.tsx$', TESTS],
    },
    to: { path: '^packages/web/src/(features|app)/' },
  },
]

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const everywhere = [
  {
    name: 'no-cycles',
    comment: 'Two files in a circle are one file that nobody can read alone.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'everything-imported-exists',
    comment: 'What this tool cannot resolve, it cannot judge.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'a-program-does-not-import-its-tests',
    comment: 'Tests and what only tests need are not there in production.',
    from: { path: '^packages/[^/]+/src/', pathNot: TESTS },
    to: { path: TESTS, pathNot: 'node_modules' },
  },
  {
    name: 'a-program-does-not-import-dev-dependencies',
    comment: 'NODE_ENV=production leaves them out; types are gone by then.',
    from: { path: '^packages/[^/]+/src/', pathNot: TESTS },
    // What a program itself depends on, the tests at the root may list for themselves as well.
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
  },
]

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...programs, ...backend, ...web, ...everywhere].map((rule) => ({ ...rule, severity: 'error' })),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    // Imports of types count: who needs another's types depends on it.
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}

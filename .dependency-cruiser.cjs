/** The layers of docs/architecture.md: arrows point towards shared/, those of what is seen by way of ui/. */
const notTest = '\\.test\\.tsx?$';
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'shared-stands-alone',
      severity: 'error',
      from: { path: '^shared/', pathNot: notTest },
      to: { path: '^(ui|electron|renderer|sync|test|scripts)/' },
    },
    {
      name: 'shared-is-pure',
      severity: 'error',
      from: { path: '^shared/', pathNot: notTest },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-knows-no-electron',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: 'node_modules/electron/' },
    },
    {
      name: 'ui-sees-shared-only',
      severity: 'error',
      from: { path: '^ui/', pathNot: notTest },
      to: { path: '^(electron|renderer|sync|test|scripts)/' },
    },
    {
      name: 'ui-has-no-node',
      severity: 'error',
      from: { path: '^ui/', pathNot: notTest },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-sees-shared-and-ui-only',
      severity: 'error',
      from: { path: '^renderer/', pathNot: notTest },
      to: { path: '^(electron|sync|test|scripts)/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: notTest },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-sees-shared-only',
      severity: 'error',
      from: { path: '^electron/', pathNot: notTest },
      to: { path: '^(ui|renderer|sync|test|scripts)/' },
    },
    {
      name: 'sync-sees-shared-only',
      severity: 'error',
      from: { path: '^sync/', pathNot: notTest },
      to: { path: '^(renderer|electron|test|scripts)/' },
    },
    {
      name: 'server-shows-nothing',
      severity: 'error',
      from: { path: '^sync/', pathNot: '^sync/web/' },
      to: { path: '^ui/' },
    },
    {
      name: 'page-sees-answers-only',
      severity: 'error',
      from: { path: '^sync/web/', pathNot: notTest },
      // Of sync the shapes of its answers, as types; they bring no code of the server along.
      to: { path: '^sync/', pathNot: '^sync/web/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'page-is-for-the-page',
      severity: 'error',
      from: { path: '^sync/', pathNot: '^sync/web/' },
      to: { path: '^sync/web/' },
    },
    {
      name: 'page-has-no-node',
      severity: 'error',
      from: { path: '^sync/web/', pathNot: notTest },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

// Door of the workspace: an open home, and its warehouse made anew.

export { type RebuildSummary, type RebuiltMart, rebuild } from './rebuild.ts'
export { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts'

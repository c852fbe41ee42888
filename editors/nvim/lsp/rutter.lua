-- rutter for Neovim 0.11 and newer, beside whatever server you have:
--
--   vim.opt.runtimepath:prepend('/path/to/rutter/editors/nvim')
--   vim.lsp.enable('rutter')
--
-- `:help rutter` has the rest. What of this file is said again in `vim.lsp.config('rutter', { ... })` wins. The server's settings are
-- in editors/settings.schema.json: `settings = { rutter = { ... } }` there can be changed while it runs.

-- The server registers for each language what it serves and takes it back when another server comes, if it may.
local dynamic = { dynamicRegistration = true }

---@type vim.lsp.Config
return {
  cmd = { 'rutter', 'lsp' },
  filetypes = {
    'c', 'cpp', 'go', 'java', 'javascript', 'javascriptreact', 'lua', 'python', 'rust', 'typescript', 'typescriptreact',
  },
  root_markers = {
    { '.git', '.hg', '.jj' },
    {
      'Cargo.toml', 'pyproject.toml', 'setup.py', 'package.json', 'tsconfig.json', 'go.mod', 'pom.xml', 'build.gradle',
      'compile_commands.json', 'CMakeLists.txt', 'meson.build',
    },
  },
  capabilities = {
    textDocument = {
      callHierarchy = dynamic,
      codeLens = dynamic,
      declaration = dynamic,
      definition = dynamic,
      documentHighlight = dynamic,
      documentSymbol = dynamic,
      foldingRange = dynamic,
      hover = dynamic,
      implementation = dynamic,
      -- Neovim 0.11 looks for these two under the names of their requests, which the protocol does not know.
      prepareCallHierarchy = dynamic,
      prepareTypeHierarchy = dynamic,
      references = dynamic,
      selectionRange = dynamic,
      typeDefinition = dynamic,
      typeHierarchy = dynamic,
    },
    workspace = {
      codeLens = { refreshSupport = true },
      symbol = dynamic,
    },
    experimental = {
      commands = { commands = { 'rutter.showWhy', 'rutter.showCallers', 'rutter.showControlFlow' } },
      rutter = { status = true },
    },
  },
  commands = {
    ['rutter.showWhy'] = function(command) require('rutter.lenses').run('why', command) end,
    ['rutter.showCallers'] = function(command) require('rutter.lenses').run('callers', command) end,
    ['rutter.showControlFlow'] = function(command) require('rutter.lenses').run('cfg', command) end,
  },
  handlers = {
    ['rutter/didChangeStatus'] = function(_, status, context) require('rutter.status').changed(status, context.client_id) end,
    ['window/logMessage'] = function(...) return require('rutter.log').message(...) end,
    ['workspace/codeLens/refresh'] = function(...) return require('rutter.lenses').refresh_all(...) end,
  },
  before_init = function(params, config) require('rutter.manners').introduce(params, config) end,
  on_exit = function(code, signal, client_id) require('rutter.client').ended(code, signal, client_id) end,
}

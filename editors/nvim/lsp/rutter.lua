-- rutter for Neovim 0.11 and newer, beside whatever server you have:
--
--   vim.opt.runtimepath:prepend('/path/to/rutter/editors/nvim')
--   vim.lsp.enable('rutter')
--
-- Where another server serves the language, add
--   vim.lsp.config('rutter', { init_options = { mode = 'companion' } })
-- and rutter gives hover facts only; without it rutter serves all that it has. Whatever else can be set is in
-- editors/settings.schema.json; `settings = { rutter = { ... } }` instead of `init_options` can be changed while it runs.
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
}

-- `:checkhealth rutter`
local shape = require('rutter.shape')
local us = require('rutter.client')

local M = {}

local PATIENCE = 2000 -- milliseconds that a report waits for a program or an answer
local h = vim.health

local function editor()
  h.start('rutter: editor')
  local version = tostring(vim.version())
  if vim.fn.has('nvim-0.11') == 1 then
    h.ok('Neovim ' .. version)
  else
    h.error('Neovim ' .. version .. ' is too old', { 'Neovim 0.11 or newer is needed.' })
  end
  local _, problems = require('rutter.options').read()
  for _, problem in ipairs(problems) do
    h.warn(problem, { 'See :help rutter-options.' })
  end
  if #problems == 0 then
    h.ok('the options are right')
  end
end

local function program()
  h.start('rutter: program')
  local config = vim.lsp.config[us.NAME]
  local cmd = config and config.cmd
  if type(cmd) ~= 'table' then
    h.info('the server is started by a function: its program is not looked for')
    return
  end
  local path = vim.fn.exepath(cmd[1])
  if path == '' then
    h.error(('there is no program `%s`'):format(cmd[1]), {
      'Put rutter on the PATH, or say where it is:',
      "vim.lsp.config('rutter', { cmd = { '/path/to/rutter', 'lsp' } })",
    })
    return
  end
  local started, run = pcall(vim.system, { path, '--version' }, { text = true, timeout = PATIENCE })
  local outcome = started and run:wait() or { code = -1, stdout = '', stderr = tostring(run) }
  if outcome.code == 0 and vim.startswith(outcome.stdout, 'rutter ') then
    h.ok(('%s at %s'):format(vim.trim(outcome.stdout), path))
  else
    local said = vim.trim(outcome.stderr ~= '' and outcome.stderr or outcome.stdout)
    h.error(('%s --version does not say which rutter it is: exit code %d%s'):format(path, outcome.code, said ~= '' and ', ' .. said or ''))
  end
end

local function client_state()
  h.start('rutter: server')
  if us.enabled() then
    h.ok('enabled')
  else
    h.info("not enabled by `vim.lsp.enable('rutter')`")
  end
  local clients = us.all()
  if #clients == 0 then
    if us.last_end() then
      h.error('the server is not running: ' .. us.last_end(), { 'See :Rutter log; :Rutter restart tries again.' })
    else
      h.warn('no server is running: ' .. us.absence())
    end
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_keys(client.attached_buffers)
    h.ok(('client %d serves %d buffer%s of %s'):format(client.id, #buffers, #buffers == 1 and '' or 's', client.root_dir or 'no workspace'))
  end
  return clients
end

local function index(client)
  local reply, problem = client:request_sync('rutter/status', nil, PATIENCE, 0)
  if not reply or reply.err then
    local why = problem or reply and reply.err and reply.err.message or 'the server has gone'
    h.error('no status of the index: ' .. tostring(why), { 'The server may be older than the editor\'s side: see its version above.' })
    return
  end
  local mismatch = shape.mismatch(reply.result, shape.status)
  if mismatch then
    h.error('the status of the index makes no sense: ' .. mismatch)
    return
  end
  for _, root in ipairs(reply.result.roots) do
    local text = ('%s: %s'):format(root.name, root.state)
    if type(root.message) == 'string' and root.message ~= '' then
      text = text .. ', ' .. root.message
    end
    if type(root.indexDir) == 'string' then
      text = text .. ', in ' .. root.indexDir
    end
    if root.state == 'ready' then
      h.ok(text)
    elseif root.state == 'failed' then
      h.error(text, { '`rutter doctor` says what is in its way.' })
    else
      h.info(text)
    end
  end
  if #reply.result.roots == 0 then
    h.warn('no workspace: nothing is indexed', { 'A directory with .git, Cargo.toml or the like is one: see root_markers.' })
  end
end

-- The mode that the settings ask for, as far as the editor knows them; rutter.toml may say the same.
local function asked_mode(client, language)
  for _, settings in ipairs({ vim.tbl_get(client.config, 'settings', 'rutter') or {}, client.config.init_options or {} }) do
    local mode = vim.tbl_get(settings, 'modes', language) or settings.mode
    if mode and mode ~= 'auto' then
      return mode
    end
  end
end

local function modes(client)
  local others = require('rutter.manners').others(client)
  local seen = {}
  for bufnr in pairs(client.attached_buffers) do
    local language = client.get_language_id(bufnr, vim.bo[bufnr].filetype)
    if not seen[language] then
      seen[language] = true
      local full = client:supports_method('textDocument/definition', bufnr)
      local asked, main = asked_mode(client, language), others[language]
      local why = asked and ('the settings say `%s`'):format(asked)
        or main and ('%s serves it'):format(main)
        or full and 'no other server serves it'
        or 'no other server serves it: a rutter.toml may say so'
      h.info(('%s: %s mode, %s'):format(language, full and 'full' or 'companion', why))
    end
  end
  local bufnr = next(client.attached_buffers)
  if not require('rutter.options').get().lens then
    h.info('code lenses are switched off')
  elseif bufnr and client:supports_method('textDocument/codeLens', bufnr) then
    h.ok('code lenses are shown')
  elseif bufnr then
    h.warn('the server has no code lenses')
  end
end

function M.check()
  editor()
  program()
  for _, client in ipairs(client_state()) do
    index(client)
    modes(client)
  end
end

return M

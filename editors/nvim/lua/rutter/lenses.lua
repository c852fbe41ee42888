-- Code lenses of our server, and of no other: quiet, asked for again when the text rests, their texts only for what is on the screen.
-- Neovim 0.12 does all of it itself, for one client, if it is told to. Neovim 0.11 has it for all clients of a buffer at once, asks for
-- the text of each lens and draws placeholders until then; so here it is done beside it, in Neovim's own namespace and store, where
-- |vim.lsp.codelens.run()| finds the lenses, and a refresh that the user asks for draws over ours and not beside them.
local api = vim.api
local shape = require('rutter.shape')
local us = require('rutter.client')

local M = {}

local NATIVE = vim.fn.has('nvim-0.12') == 1
local DELAY = 200 -- milliseconds after the last cause

---@class rutter.LensState
---@field client_id integer
---@field lenses lsp.CodeLens[]
---@field shown table<integer, true> lenses that have been asked for their text
---@field cause integer counts the causes: only the last one asks

local states = {} ---@type table<integer, rutter.LensState>
local enabled ---@type boolean? what was said at run time

local function wanted()
  if enabled ~= nil then
    return enabled
  end
  return require('rutter.options').get().lens
end

local function namespace(client_id) return api.nvim_create_namespace('nvim.lsp.codelens:' .. client_id) end

local function draw(bufnr, state)
  local by_line = {} ---@type table<integer, lsp.CodeLens[]>
  local texts = {} ---@type lsp.CodeLens[]
  for _, lens in ipairs(state.lenses) do
    if lens.command then
      local line = lens.range.start.line
      by_line[line] = by_line[line] or {}
      table.insert(by_line[line], lens)
      texts[#texts + 1] = lens
    end
  end
  vim.lsp.codelens.save(texts, bufnr, state.client_id)
  local space = namespace(state.client_id)
  api.nvim_buf_clear_namespace(bufnr, space, 0, -1)
  local count = api.nvim_buf_line_count(bufnr)
  for line, lenses in pairs(by_line) do
    if line < count then
      local chunks = {}
      for _, lens in ipairs(lenses) do
        if #chunks > 0 then
          chunks[#chunks + 1] = { ' | ', 'LspCodeLensSeparator' }
        end
        chunks[#chunks + 1] = { (lens.command.title:gsub('%s+', ' ')), 'LspCodeLens' }
      end
      api.nvim_buf_set_extmark(bufnr, space, line, 0, { virt_text = chunks, hl_mode = 'combine' })
    end
  end
end

-- The lines that are on a screen, and as many again around them.
local function on_screen(bufnr, line)
  for _, window in ipairs(vim.fn.win_findbuf(bufnr)) do
    local info = vim.fn.getwininfo(window)[1]
    if info and line >= info.topline - 1 - info.height and line < info.botline + info.height then
      return true
    end
  end
  return false
end

-- Asks for the texts of the lenses on the screen, and draws once all of these are there.
local function resolve(bufnr, state)
  local client = vim.lsp.get_client_by_id(state.client_id)
  if not client or client:is_stopped() then
    return
  end
  local lenses, waiting = state.lenses, 1
  local function settled()
    waiting = waiting - 1
    if waiting == 0 and states[bufnr] == state and state.lenses == lenses and api.nvim_buf_is_loaded(bufnr) then
      draw(bufnr, state)
    end
  end
  local can = client:supports_method('codeLens/resolve', bufnr)
  for index, lens in ipairs(lenses) do
    if can and not lens.command and not state.shown[index] and on_screen(bufnr, lens.range.start.line) then
      state.shown[index] = true
      waiting = waiting + 1
      us.ask(client, 'codeLens/resolve', {
        params = lens, bufnr = bufnr, shape = { command = { title = 'string', command = 'string' } }, quiet = true, failed = settled,
      }, function(answer)
        lens.command = answer and answer.command
        settled()
      end)
    end
  end
  settled()
end

local function ask(bufnr, state)
  local client = vim.lsp.get_client_by_id(state.client_id)
  if not client or client:is_stopped() or not client:supports_method('textDocument/codeLens', bufnr) then
    return
  end
  local tick = api.nvim_buf_get_changedtick(bufnr)
  us.ask(client, 'textDocument/codeLens', {
    params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }, bufnr = bufnr, shape = shape.lenses, quiet = true,
  }, function(answer)
    -- An answer for a text that is gone is not drawn: the change that came between asks again.
    if states[bufnr] == state and api.nvim_buf_is_loaded(bufnr) and api.nvim_buf_get_changedtick(bufnr) == tick then
      state.lenses, state.shown = answer or {}, {}
      resolve(bufnr, state)
    end
  end)
end

---Asks for the lenses of a buffer once there is no further cause to for a moment.
---@param bufnr integer
function M.refresh(bufnr)
  local state = states[bufnr]
  if NATIVE or not state or not wanted() then
    return
  end
  state.cause = state.cause + 1
  local cause = state.cause
  vim.defer_fn(function()
    if states[bufnr] == state and state.cause == cause and wanted() and api.nvim_buf_is_loaded(bufnr) then
      ask(bufnr, state)
    end
  end, DELAY)
end

---`workspace/codeLens/refresh` of our server.
---@type lsp.Handler
function M.refresh_all(err, params, context)
  if NATIVE then
    local handle = vim.lsp.handlers['workspace/codeLens/refresh']
    return handle and handle(err, params, context) or vim.NIL
  end
  for bufnr in pairs(states) do
    M.refresh(bufnr)
  end
  return vim.NIL
end

---@param client vim.lsp.Client
---@param bufnr integer
function M.attach(client, bufnr)
  if NATIVE then
    vim.lsp.codelens.enable(wanted(), { client_id = client.id })
    return
  end
  if not states[bufnr] or states[bufnr].client_id ~= client.id then
    states[bufnr] = { client_id = client.id, lenses = {}, shown = {}, cause = 0 }
  end
  M.refresh(bufnr)
end

---@param client_id integer
---@param bufnr integer
function M.detach(client_id, bufnr)
  local state = states[bufnr]
  if state and state.client_id == client_id then
    states[bufnr] = nil
    if api.nvim_buf_is_valid(bufnr) then
      api.nvim_buf_clear_namespace(bufnr, namespace(client_id), 0, -1)
    end
  end
end

---Shows or hides lenses from now on; without an argument the other one of both.
---@param shown? boolean
function M.enable(shown)
  if shown == nil then
    shown = not wanted()
  end
  enabled = shown
  if NATIVE then
    for _, client in ipairs(us.all()) do
      vim.lsp.codelens.enable(shown, { client_id = client.id })
    end
    return
  end
  for bufnr, state in pairs(states) do
    if shown then
      M.refresh(bufnr)
    elseif api.nvim_buf_is_loaded(bufnr) then
      state.lenses = {}
      draw(bufnr, state)
    end
  end
end

---What a lens does: its command's arguments are a document and the position of a function.
---@param what 'why'|'callers'|'cfg'
---@param command lsp.Command
function M.run(what, command)
  local uri, position = unpack(command.arguments or {})
  if type(uri) ~= 'string' or type(position) ~= 'table' then
    us.say(('the command %s lacks its arguments'):format(command.command), vim.log.levels.WARN)
    return
  end
  local bufnr = vim.uri_to_bufnr(uri)
  vim.fn.bufload(bufnr)
  -- Running a lens takes it off its line in Neovim 0.11.
  M.refresh(bufnr)
  local at = { bufnr = bufnr, position = position }
  if what == 'why' then
    require('rutter.why').show(at)
  elseif what == 'callers' then
    require('rutter.reports').callers(nil, at)
  else
    require('rutter.cfg').open(at)
  end
end

function M.start()
  if NATIVE then
    return
  end
  local group = api.nvim_create_augroup('rutter.lenses', {})
  api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'BufWritePost', 'TextChanged' }, {
    group = group,
    callback = function(event) M.refresh(event.buf) end,
  })
  api.nvim_create_autocmd('WinScrolled', {
    group = group,
    callback = function(event)
      local window = tonumber(event.match)
      local bufnr = window and api.nvim_win_is_valid(window) and api.nvim_win_get_buf(window)
      local state = bufnr and states[bufnr]
      if state and wanted() then
        resolve(bufnr, state)
      end
    end,
  })
end

return M

-- Our client: to find it, to ask its server, and to say what is the matter where there is no answer.
local shape = require('rutter.shape')

local M = {}

M.NAME = 'rutter'

local waiting = {} ---@type table<integer, table<table, fun()>> client -> question -> what to do when its server has gone
local last_end ---@type string? how the server went, if it did not go because it was asked to

---@param message string
---@param level? integer of vim.log.levels
function M.say(message, level)
  vim.notify('rutter: ' .. message, level or vim.log.levels.INFO, { title = 'rutter' })
end

---The client that serves a buffer.
---@param bufnr? integer
---@return vim.lsp.Client?
function M.of(bufnr)
  for _, client in ipairs(vim.lsp.get_clients({ name = M.NAME, bufnr = bufnr or 0 })) do
    if not client:is_stopped() then
      return client
    end
  end
end

---All clients of ours; of several workspaces there may be several.
---@return vim.lsp.Client[]
function M.all()
  return vim.tbl_filter(function(client) return not client:is_stopped() end, vim.lsp.get_clients({ name = M.NAME }))
end

---Remembers how a server ended.
---@param code integer
---@param signal integer
---@param client_id integer
function M.ended(code, signal, client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  if code == 0 and signal == 0 or client and client._is_stopping then
    last_end = nil
  elseif signal ~= 0 then
    last_end = ('it was ended by signal %d'):format(signal)
  else
    last_end = ('it ended with exit code %d'):format(code)
  end
  for _, gone in pairs(waiting[client_id] or {}) do
    vim.schedule(gone)
  end
  waiting[client_id] = nil
  if package.loaded['rutter.status'] then
    require('rutter.status').forget(client_id)
  end
end

---How the last server went if it was not asked to.
---@return string?
function M.last_end() return last_end end

---Whether `vim.lsp.enable` starts us. The first releases of Neovim 0.11 cannot say.
---@return boolean
function M.enabled()
  if vim.lsp.is_enabled then
    return vim.lsp.is_enabled(M.NAME)
  end
  return vim.tbl_get(vim.lsp, '_enabled_configs', M.NAME) ~= nil
end

---Why there is nobody to ask about a buffer.
---@param bufnr? integer
---@return string
function M.absence(bufnr)
  bufnr = (bufnr or 0) == 0 and vim.api.nvim_get_current_buf() or bufnr --[[@as integer]]
  for _, client in ipairs(vim.lsp.get_clients({ name = M.NAME, bufnr = bufnr, _uninitialized = true })) do
    if not client.initialized and not client:is_stopped() then
      return 'the server is starting and has not answered yet'
    end
  end
  if last_end then
    return ('the server is not running: %s. See `:Rutter log`; `:Rutter restart` tries again'):format(last_end)
  end
  local config = vim.lsp.config[M.NAME]
  local filetype = vim.bo[bufnr].filetype
  if config and config.filetypes and not vim.list_contains(config.filetypes, filetype) then
    return filetype == '' and 'this buffer has no file type' or ('it does not read files of type `%s`'):format(filetype)
  end
  if config and type(config.cmd) == 'table' and vim.fn.executable(config.cmd[1]) == 0 then
    return ('there is no program `%s` on the PATH'):format(config.cmd[1])
  end
  if not M.enabled() then
    return "it is not enabled: vim.lsp.enable('rutter')"
  end
  return 'it is not attached to this buffer'
end

---The client of a buffer, or a message why there is none.
---@param bufnr? integer
---@return vim.lsp.Client?
function M.need(bufnr)
  local client = M.of(bufnr)
  if not client then
    M.say(M.absence(bufnr), vim.log.levels.WARN)
  end
  return client
end

---@class rutter.Question
---@field params table
---@field bufnr integer
---@field shape any of rutter.shape
---@field quiet? boolean say nothing where the answer is none
---@field timeout? integer milliseconds; without it the option
---@field failed? fun(problem: string) called where there is no answer

---Asks, and calls `answered` with an answer that fits its shape, which is nil where the server says null.
---@param client vim.lsp.Client
---@param method string
---@param question rutter.Question
---@param answered fun(result: table?, context: lsp.HandlerContext)
---@return fun() drop stops waiting for the answer, and lets the server know
function M.ask(client, method, question, answered)
  local over, timer, request = false, assert(vim.uv.new_timer()), nil

  local function finish()
    if over then
      return false
    end
    over = true
    timer:stop()
    timer:close()
    if waiting[client.id] then
      waiting[client.id][question] = nil
    end
    return true
  end

  local function fail(problem)
    if not question.quiet then
      M.say(problem, vim.log.levels.WARN)
    end
    if question.failed then
      question.failed(problem)
    end
  end

  local function reply(err, result, context)
    if not finish() then
      return
    end
    if err then
      local codes = vim.lsp.protocol.ErrorCodes
      if err.code == codes.MethodNotFound then
        local version = vim.tbl_get(client, 'server_info', 'version')
        return fail(('this server%s does not know %s: it is older than the editor\'s side'):format(version and ' (' .. version .. ')' or '', method))
      elseif err.code == codes.ContentModified or err.code == codes.RequestCancelled then
        return fail(('%s: the text has changed meanwhile, ask again'):format(method))
      end
      return fail(('%s: %s'):format(method, tostring(err.message)))
    end
    if result == vim.NIL then
      result = nil
    end
    local problem = result ~= nil and shape.mismatch(result, question.shape) or nil
    if problem then
      return fail(('the answer to %s makes no sense: %s'):format(method, problem))
    end
    answered(result, context)
  end

  local function cancel()
    if request and (client.requests or {})[request] and not client:is_stopped() then
      client:cancel_request(request)
    end
  end

  local function drop()
    if finish() then
      cancel()
    end
  end

  local timeout = question.timeout or require('rutter.options').get().timeout
  local sent
  sent, request = client:request(method, question.params, reply, question.bufnr)
  if not sent then
    finish()
    fail('the server has gone')
    return drop
  end
  if over then
    return drop
  end
  waiting[client.id] = waiting[client.id] or {}
  waiting[client.id][question] = function()
    if finish() then
      fail(('the server has gone and left %s unanswered'):format(method))
    end
  end
  timer:start(timeout, 0, vim.schedule_wrap(function()
    if not finish() then
      return
    end
    cancel()
    fail(('no answer to %s in %g s'):format(method, timeout / 1000))
  end))
  return drop
end

---The cursor of a window, or a place in its buffer, as the client counts.
---@param client vim.lsp.Client
---@param window? integer
---@return lsp.Position
function M.cursor(client, window)
  return vim.lsp.util.make_position_params(window or 0, client.offset_encoding).position
end

---@param bufnr integer
---@param position lsp.Position
---@return table
function M.place(bufnr, position)
  return { textDocument = vim.lsp.util.make_text_document_params(bufnr), position = position }
end

---The byte column of a position, held to the line's end.
---@param client vim.lsp.Client
---@param bufnr integer
---@param position lsp.Position
---@return integer
function M.column(client, bufnr, position)
  local line = vim.api.nvim_buf_get_lines(bufnr, position.line, position.line + 1, false)[1] or ''
  return vim.str_byteindex(line, client.offset_encoding, position.character, false)
end

---Whether a position lies before another one.
---@param a lsp.Position
---@param b lsp.Position
function M.before(a, b)
  return a.line < b.line or a.line == b.line and a.character < b.character
end

---Whether a range holds a position; its end counts as in it, where a cursor behind the last character stands.
---@param range lsp.Range
---@param position lsp.Position
function M.holds(range, position)
  return not M.before(position, range.start) and not M.before(range['end'], position)
end

return M

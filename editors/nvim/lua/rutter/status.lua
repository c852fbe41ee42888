-- What a statusline shows, and what it is made of: the state of each index as the server last told it.
local functions = require('rutter.functions')
local shape = require('rutter.shape')
local us = require('rutter.client')

local M = {}

local told = {} ---@type table<integer, table> client -> the last status
local asked = {} ---@type table<integer, boolean>
local redrawing = false

---Draws statuslines anew, once for all that happens in one turn of the editor's loop.
function M.redraw()
  if redrawing then
    return
  end
  redrawing = true
  vim.schedule(function()
    redrawing = false
    vim.cmd('redrawstatus!')
    vim.cmd('redrawtabline')
  end)
end

---`rutter/didChangeStatus`.
---@param status table
---@param client_id integer
function M.changed(status, client_id)
  if shape.mismatch(status, shape.status) then
    return
  end
  local before = told[client_id]
  told[client_id] = status
  -- Numbers of callers, and functions at all, are there once the index is.
  for index, root in ipairs(status.roots) do
    local was = before and before.roots[index]
    if root.state == 'ready' and (not was or was.state ~= 'ready') then
      functions.forget()
    end
  end
  M.redraw()
  vim.schedule(function()
    vim.api.nvim_exec_autocmds('User', { pattern = 'RutterStatus', modeline = false, data = { client_id = client_id, status = status } })
  end)
end

---@param client_id integer
function M.forget(client_id)
  told[client_id], asked[client_id] = nil, nil
  M.redraw()
end

---The last status that a client's server told, if any.
---@param client_id integer
---@return table?
function M.last(client_id) return told[client_id] end

-- The root that a file lies in: the deepest that holds it.
local function root_of(status, uri)
  local found
  for _, root in ipairs(status.roots) do
    if vim.startswith(uri, root.uri) and (not found or #root.uri > #found.uri) then
      found = root
    end
  end
  return found or status.roots[1]
end

local function progress(root)
  if root.state == 'ready' then
    return nil
  elseif root.state == 'indexing' and type(root.percentage) == 'number' then
    return ('rutter %d%%'):format(root.percentage)
  end
  return 'rutter ' .. root.state
end

-- Asks once where the server has not told of itself.
local function learn(client, bufnr)
  if told[client.id] or asked[client.id] then
    return
  end
  asked[client.id] = true
  us.ask(client, 'rutter/status', { bufnr = bufnr, shape = shape.status, quiet = true }, function(status)
    if status and not told[client.id] then
      M.changed(status, client.id)
    end
  end)
end

---@return string
function M.text()
  local bufnr = vim.api.nvim_get_current_buf()
  local client = us.of(bufnr)
  if not client then
    return ''
  end
  learn(client, bufnr)
  local status = told[client.id]
  if not status then
    return ''
  end
  -- A file outside of any workspace has no index, and numbers all the same.
  local root = root_of(status, vim.uri_from_bufnr(bufnr))
  local busy = root and progress(root)
  if busy then
    return busy
  end
  local found = functions.innermost(functions.of(client, bufnr), us.cursor(client))
  if not found or not found.cyclomatic then
    return ''
  end
  return ('cyc %d cog %d'):format(found.cyclomatic, found.cognitive or 0)
end

local function report(client, status)
  local lines = { ('rutter %s, client %d'):format(status.version, client.id) }
  for _, root in ipairs(status.roots) do
    local counts = type(root.files) == 'number' and (', %d file%s'):format(root.files, root.files == 1 and '' or 's') or ''
    if type(root.symbols) == 'number' then
      counts = ('%s, %d symbol%s'):format(counts, root.symbols, root.symbols == 1 and '' or 's')
    end
    local message = type(root.message) == 'string' and root.message ~= '' and ': ' .. root.message or ''
    lines[#lines + 1] = ('%s: %s%s%s'):format(root.name, root.state, counts, message)
  end
  for language, who in vim.spairs(require('rutter.manners').others(client)) do
    lines[#lines + 1] = ('%s is served by %s'):format(language, who)
  end
  return table.concat(lines, '\n')
end

---`:Rutter status`.
function M.show()
  local client = us.of() or us.all()[1]
  if not client then
    us.say(us.absence(), vim.log.levels.WARN)
    return
  end
  us.ask(client, 'rutter/status', { bufnr = 0, shape = shape.status }, function(status)
    if not status then
      return us.say('the server has no status', vim.log.levels.WARN)
    end
    vim.notify(report(client, status), vim.log.levels.INFO, { title = 'rutter' })
  end)
end

return M

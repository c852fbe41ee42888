-- Lists of functions: those of a buffer, those to look at first, and who calls one.
local lists = require('rutter.lists')
local shape = require('rutter.shape')
local us = require('rutter.client')

local M = {}

-- A number and how it differs from the one at HEAD.
local function change(now, before, known)
  if not now then
    return '-'
  elseif not known then
    return tostring(now)
  elseif not before then
    return now .. ' (new)'
  elseif now == before then
    return tostring(now)
  end
  return ('%d (%+d)'):format(now, now - before)
end

---@param fn rutter.Function
---@param head? string the commit that it is held against
local function measures(fn, head)
  local before = type(fn.head) == 'table' and fn.head or {}
  return ('cyc %-9s cog %-9s'):format(
    change(fn.cyclomatic, before.cyclomatic, head ~= nil),
    change(fn.cognitive, before.cognitive, head ~= nil)
  )
end

local function locations(functions)
  return vim.tbl_map(function(fn) return { uri = fn.uri, range = fn.selectionRange } end, functions)
end

---@param picker? boolean
function M.metrics(picker)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = us.need(bufnr)
  if not client then
    return
  end
  us.ask(client, 'rutter/metrics', {
    params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }, bufnr = bufnr, shape = shape.metrics,
  }, function(answer)
    if not answer or #answer.functions == 0 then
      return us.say(answer and 'no functions in this file' or 'no index yet')
    end
    local items = lists.items(locations(answer.functions), client.offset_encoding)
    for index, item in ipairs(items) do
      local fn = answer.functions[index]
      item.text = ('%s callers %-4s %s'):format(measures(fn, answer.head), fn.callers or '-', fn.fqn)
      item.user_data = nil
    end
    local against = answer.head and (' against HEAD (%s)'):format(answer.head:sub(1, 8)) or ''
    lists.show({ title = 'Functions of ' .. vim.fn.expand('#' .. bufnr .. ':t') .. against, items = items, columns = true, picker = picker })
  end)
end

---@param picker? boolean
function M.hotspots(picker)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = us.of(bufnr) or us.all()[1]
  if not client then
    us.say(us.absence(bufnr), vim.log.levels.WARN)
    return
  end
  us.ask(client, 'rutter/hotspots', { params = { limit = 50 }, bufnr = bufnr, shape = shape.hotspots }, function(answer)
    if not answer or #answer.functions == 0 then
      return us.say(answer and 'no functions in the workspace' or 'no index yet')
    end
    local items = lists.items(locations(answer.functions), client.offset_encoding)
    for index, item in ipairs(items) do
      local fn = answer.functions[index]
      local touched = fn.commits and ('commits %-4d '):format(fn.commits) or ''
      item.text = ('score %-6d %scog %-4d %s'):format(fn.score, touched, fn.cognitive or 0, fn.fqn)
      item.user_data = nil
    end
    local history = answer.history and (', last %d commits'):format(answer.history.commits) or ', no history'
    lists.show({ title = 'Hotspots' .. history, items = items, columns = true, picker = picker })
  end)
end

---@param picker? boolean
---@param at? { bufnr: integer, position: lsp.Position } without it at the cursor
function M.callers(picker, at)
  local bufnr = at and at.bufnr or vim.api.nvim_get_current_buf()
  local client = us.need(bufnr)
  if not client then
    return
  end
  us.ask(client, 'rutter/callers', {
    params = us.place(bufnr, at and at.position or us.cursor(client)), bufnr = bufnr, shape = shape.callers,
  }, function(answer)
    if not answer then
      return us.say('no function here, or no index yet')
    end
    local places, from = {}, {}
    for _, caller in ipairs(answer.callers) do
      for _, range in ipairs(caller.ranges) do
        places[#places + 1] = { uri = caller.uri, range = range }
        from[#from + 1] = caller
      end
    end
    local name = answer['function'].name
    if #places == 0 then
      return us.say(('no callers of %s found'):format(name))
    end
    local items = lists.items(places, client.offset_encoding)
    for index, item in ipairs(items) do
      local caller = from[index]
      local inside = type(caller['function']) == 'table' and '  in ' .. caller['function'].fqn or ''
      item.text = vim.trim(item.text) .. inside .. (caller.confidence == 'exact' and '' or ('  (%s)'):format(caller.confidence))
      item.user_data = nil
    end
    lists.show({ title = 'Callers of ' .. name, items = items, picker = picker })
  end)
end

return M

-- Lists of places: the quickfix list, the location list, or a picker, as the options say.
local M = {}

---@class rutter.Item an item of |setqflist()|
---@field filename string
---@field lnum integer
---@field col integer
---@field end_lnum? integer
---@field end_col? integer
---@field text string

---Quickfix items of LSP locations, in their order: `vim.lsp.util.locations_to_items` sorts by place.
---@param locations lsp.Location[]
---@param encoding string
---@return table[]
function M.items(locations, encoding)
  local by_location = {}
  for _, item in ipairs(vim.lsp.util.locations_to_items(locations, encoding)) do
    by_location[item.user_data] = item
  end
  local items = {}
  for _, location in ipairs(locations) do
    items[#items + 1] = by_location[location]
  end
  return items
end

---The lines of a list of ours: places padded to one width, so that what comes behind them stands in columns.
---@param info { quickfix: integer, winid: integer, id: integer, start_idx: integer, end_idx: integer }
---@return string[]
function M.lines(info)
  local wanted = { id = info.id, items = 1 }
  local items = info.quickfix == 1 and vim.fn.getqflist(wanted).items or vim.fn.getloclist(info.winid, wanted).items
  local places, widest = {}, 0
  for index, item in ipairs(items) do
    local name = item.bufnr > 0 and vim.fn.fnamemodify(vim.api.nvim_buf_get_name(item.bufnr), ':~:.') or ''
    places[index] = ('%s|%d'):format(name, item.lnum)
    widest = math.max(widest, vim.api.nvim_strwidth(places[index]))
  end
  local lines = {}
  for index = info.start_idx, info.end_idx do
    local place = places[index]
    lines[#lines + 1] = place .. (' '):rep(widest - vim.api.nvim_strwidth(place)) .. '| ' .. items[index].text
  end
  return lines
end

---@class rutter.List
---@field title string
---@field items rutter.Item[]
---@field columns? boolean the texts stand in columns
---@field picker? boolean in a picker, whatever the options say

---@param list rutter.List
function M.show(list)
  local destination = list.picker and 'pick' or require('rutter.options').get().list
  if destination == 'pick' then
    require('rutter.pick').pick(list.title, list.items)
    return
  end
  local what = {
    title = list.title, items = list.items,
    quickfixtextfunc = list.columns and "v:lua.require'rutter.lists'.lines" or nil,
  }
  if destination == 'loclist' then
    vim.fn.setloclist(0, {}, ' ', what)
    vim.cmd.lopen()
  else
    vim.fn.setqflist({}, ' ', what)
    vim.cmd('botright copen')
  end
end

return M

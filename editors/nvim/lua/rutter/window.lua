-- Windows for drawings: where the user wants them, and with nothing in them that would move or cut lines.
local api = vim.api

local M = {}

local plain = {
  wrap = false, number = false, relativenumber = false, signcolumn = 'no', foldcolumn = '0', foldenable = false, list = false,
  spell = false, colorcolumn = '', cursorline = false, cursorcolumn = false, conceallevel = 0, sidescrolloff = 0, scrolloff = 0,
  scrollbind = false, cursorbind = false, statuscolumn = '', winfixbuf = true,
}

local function place(bufnr, options)
  local lines, columns = vim.o.lines, vim.o.columns
  if options.window == 'float' then
    local width, height = math.floor(columns * 0.8), math.floor(lines * 0.8)
    return api.nvim_open_win(bufnr, true, {
      relative = 'editor', width = width, height = height, row = math.floor((lines - height) / 2), col = math.floor((columns - width) / 2),
      border = 'rounded', title = ' control flow ',
    })
  elseif options.window == 'tab' then
    local before = api.nvim_get_current_win()
    vim.cmd('tab split')
    local window = api.nvim_get_current_win()
    api.nvim_win_set_buf(window, bufnr)
    if not options.focus then
      api.nvim_set_current_win(before)
    end
    return window
  end
  local below = options.window == 'below'
  local window = api.nvim_open_win(bufnr, options.focus, { split = below and 'below' or 'right' })
  if below then
    api.nvim_win_set_height(window, math.max(3, math.floor(lines * options.size)))
  else
    api.nvim_win_set_width(window, math.max(20, math.floor(columns * options.size)))
  end
  return window
end

---Opens a window for a buffer, as the options say, without what would stand in a drawing's way.
---@param bufnr integer
---@param options { window: string, size: number, focus: boolean }
---@return integer window
function M.open(bufnr, options)
  local window = place(bufnr, options)
  for name, value in pairs(plain) do
    api.nvim_set_option_value(name, value, { win = window, scope = 'local' })
  end
  return window
end

return M

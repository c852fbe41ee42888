-- A picker for places: the one that is installed, or |vim.ui.select()|.
local M = {}

---@alias rutter.Picker fun(title: string, items: rutter.Item[])

---@param item rutter.Item
function M.go(item)
  vim.cmd("normal! m'")
  local bufnr = vim.fn.bufadd(item.filename)
  vim.fn.bufload(bufnr)
  vim.bo[bufnr].buflisted = true
  vim.api.nvim_win_set_buf(0, bufnr)
  local line = math.max(1, math.min(item.lnum, vim.api.nvim_buf_line_count(bufnr)))
  vim.api.nvim_win_set_cursor(0, { line, math.max(0, item.col - 1) })
  vim.cmd('normal! zv')
end

local function label(item)
  return ('%s:%d  %s'):format(vim.fn.fnamemodify(item.filename, ':~:.'), item.lnum, item.text)
end

local pickers = {} ---@type table<string, fun(): rutter.Picker?>

pickers['telescope'] = function()
  local ok, module = pcall(require, 'telescope.pickers')
  return ok and function(title, items)
    local config = require('telescope.config').values
    module.new({}, {
      prompt_title = title,
      finder = require('telescope.finders').new_table({
        results = items,
        entry_maker = function(item)
          return {
            value = item, display = label(item), ordinal = label(item), filename = item.filename, lnum = item.lnum, col = item.col,
          }
        end,
      }),
      sorter = config.generic_sorter({}),
      previewer = config.qflist_previewer({}),
    }):find()
  end or nil
end

pickers['fzf-lua'] = function()
  local ok, module = pcall(require, 'fzf-lua')
  return ok and function(title, items)
    -- The number in front finds the item again, whatever is in its text.
    local lines = {}
    for index, item in ipairs(items) do
      lines[index] = ('%d\t%s'):format(index, label(item))
    end
    module.fzf_exec(lines, {
      prompt = title .. '> ',
      fzf_opts = { ['--delimiter'] = '\t', ['--with-nth'] = '2..' },
      actions = {
        ['default'] = function(selected)
          local item = items[tonumber((selected[1] or ''):match('^%d+'))]
          if item then
            M.go(item)
          end
        end,
      },
    })
  end or nil
end

pickers['snacks'] = function()
  local ok, module = pcall(require, 'snacks')
  return ok and module.picker and function(title, items)
    local entries = {}
    for index, item in ipairs(items) do
      entries[index] = { idx = index, text = label(item), file = item.filename, pos = { item.lnum, math.max(0, item.col - 1) } }
    end
    module.picker.pick({ title = title, items = entries, format = 'text' })
  end or nil
end

pickers['mini.pick'] = function()
  local ok, module = pcall(require, 'mini.pick')
  return ok and function(title, items)
    local entries = {}
    for index, item in ipairs(items) do
      entries[index] = { text = label(item), path = item.filename, lnum = item.lnum, col = item.col }
    end
    module.start({ source = { name = title, items = entries } })
  end or nil
end

pickers['select'] = function()
  return function(title, items)
    vim.ui.select(items, { prompt = title, kind = 'rutter', format_item = label }, function(item)
      if item then
        M.go(item)
      end
    end)
  end
end

---Lets the user choose a place, and goes there.
---@param title string
---@param items rutter.Item[]
function M.pick(title, items)
  local wanted = require('rutter.options').get().picker
  local order = wanted == 'auto' and { 'telescope', 'fzf-lua', 'snacks', 'mini.pick', 'select' } or { wanted, 'select' }
  for _, name in ipairs(order) do
    local picker = pickers[name]()
    if picker then
      picker(title, items)
      return
    end
  end
end

return M

-- A drawn graph as text with places in it: which box stands where, in bytes of each line, whatever is drawn or written beside it.
local us = require('rutter.client')

local M = {}

---@class rutter.Box
---@field id integer
---@field kind string
---@field range lsp.Range
---@field line integer the first line
---@field last integer the last line
---@field left integer display column, from 0
---@field right integer display column behind the box
---@field spans table<integer, { [1]: integer, [2]: integer }> line -> byte columns

---@class rutter.Canvas
---@field lines string[]
---@field boxes rutter.Box[] in the order of the blocks
---@field by_id table<integer, rutter.Box>
---@field strokes { kind: string, line: integer, column: integer, endColumn: integer }[]
---@field width integer

---@param answer table of `rutter/controlFlow`
---@return rutter.Canvas
function M.read(answer)
  local drawn = answer.boxes
  local canvas = { lines = drawn.lines, boxes = {}, by_id = {}, strokes = {}, width = 0 }
  for _, line in ipairs(drawn.lines) do
    canvas.width = math.max(canvas.width, vim.api.nvim_strwidth(line))
  end
  local blocks = {}
  for _, block in ipairs(answer.blocks) do
    blocks[block.id] = block
  end
  for _, place in ipairs(drawn.blocks) do
    local block = blocks[place.id]
    local top = drawn.lines[place.line + 1]
    if block and top then
      -- Where the box is among the cells of the screen: other lines have it at the same cells, and at other bytes.
      local first = place.columns[1] or { 0, #top }
      local box = {
        id = place.id, kind = block.kind, range = block.range, line = place.line, last = math.min(place.endLine, #drawn.lines) - 1,
        left = vim.api.nvim_strwidth(top:sub(1, first[1])), right = vim.api.nvim_strwidth(top:sub(1, first[2])), spans = {},
      }
      for line = box.line, box.last do
        box.spans[line] = place.columns[line - box.line + 1] or { 0, 0 }
      end
      canvas.boxes[#canvas.boxes + 1] = box
      canvas.by_id[box.id] = box
    end
  end
  for _, stroke in ipairs(drawn.edges) do
    if drawn.lines[stroke.line + 1] then
      canvas.strokes[#canvas.strokes + 1] = stroke
    end
  end
  return canvas
end

---The box at a place of the drawing.
---@param canvas rutter.Canvas
---@param line integer from 0
---@param byte integer from 0
---@return rutter.Box?
function M.box_at(canvas, line, byte)
  for _, box in ipairs(canvas.boxes) do
    local span = box.spans[line]
    if span and byte >= span[1] and byte < span[2] then
      return box
    end
  end
end

---The block at a position of the code: the one with the smallest range that holds it; where none does, the last one that begins before it.
---@param canvas rutter.Canvas
---@param position lsp.Position
---@return rutter.Box?
function M.block_at(canvas, position)
  local boxes = canvas.boxes
  local smallest, last
  for _, box in ipairs(boxes) do
    local range = box.range
    local empty = vim.deep_equal(range.start, range['end'])
    if not empty and not us.before(position, range.start) and us.before(position, range['end'])
      and (not smallest or us.holds(smallest.range, range.start) and us.holds(smallest.range, range['end']))
    then
      smallest = box
    end
    if not empty and not us.before(position, range.start) and (not last or us.before(last.range.start, range.start)) then
      last = box
    end
  end
  return smallest or last or boxes[1]
end

return M

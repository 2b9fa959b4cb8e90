// Copies what is leaked, so that it can be looked at at leisure.
//
// C, because all other threads stand still meanwhile; it reads memory, calls lab_own_map and malloc_usable_size.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include <malloc.h>
#include <string.h>

/// Content beyond this much is not copied; its references are.
#define CONTENT_BYTES (512ull << 20)

static uint64_t extent_of(const lab_heap_block *block) { return malloc_usable_size((void *)block->address); }

/// When the youngest blocks were recorded, and whoever is younger than that was. The tables of the marking are free now.
static uint32_t youngest_from(lab_leak_scan *scan) {
  uint32_t now = lab_heap_now(), count = scan->index.count, *births = scan->owners;
  if (scan->young.milliseconds > 0) return now > scan->young.milliseconds ? now - scan->young.milliseconds : 0;
  if (scan->young.percent == 0) return UINT32_MAX;
  for (uint32_t i = 0; i < count; i++) births[i] = lab_heap_birth(scan->blocks[i].address);
  // The first moment since which no more blocks were recorded than are to be young.
  uint64_t most = (uint64_t)count * scan->young.percent / 100;
  uint32_t low = 0, high = now + 1;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2, since = 0;
    for (uint32_t i = 0; i < count; i++) since += births[i] >= middle;
    if (since <= most) high = middle;
    else low = middle + 1;
  }
  return low;
}

/// Lists the unmarked blocks and copies them. Sizes are known only now; memory comes from the kernel.
static bool collect_blocks(lab_leak_scan *scan, lab_leaks_result *out) {
  size_t leaked = 0;
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < scan->index.count; i++) {
    out->live_bytes += scan->blocks[i].size;
    if (lab_has_bit(scan->marked, i)) continue;
    leaked++;
    bytes += extent_of(&scan->blocks[i]);
  }
  out->live_blocks = scan->index.count;
  out->block_count = out->block_capacity = leaked;
  if (!lab_map_words((void **)&out->blocks, leaked * sizeof(lab_leaks_block)) ||
      !lab_map_words((void **)&out->edges, bytes / 8 * sizeof(lab_leaks_edge)))
    return false;
  out->edge_capacity = bytes / 8;
  out->content_bytes = bytes < CONTENT_BYTES ? bytes : CONTENT_BYTES;
  if (!lab_map_words((void **)&out->content, out->content_bytes)) return false;
  uint64_t copied = 0;
  uint32_t number = 0, young_from = youngest_from(scan);
  for (uint32_t i = 0; i < scan->index.count; i++) {
    if (lab_has_bit(scan->marked, i)) continue;
    const lab_heap_block *block = &scan->blocks[i];
    uint64_t extent = extent_of(block);
    bool fits = copied + extent <= out->content_bytes;
    scan->number[i] = number;
    out->blocks[number++] = (lab_leaks_block){
        .address = block->address, .size = block->size, .extent = extent, .stack = block->stack,
        .content = fits ? copied : LAB_LEAKS_NOT_COPIED, .strong = lab_strong_count(scan, i),
        .is_opaque = lab_has_bit(scan->opaque, i) && !lab_has_bit(scan->objects, i),
        .is_gone = lab_has_bit(scan->opaque, i) && lab_has_bit(scan->objects, i),
        .is_young = lab_heap_birth(block->address) >= young_from, .is_doubted = lab_has_bit(scan->doubted, i)};
    if (!fits) continue;
    memcpy(out->content + copied, (const void *)block->address, extent);
    copied += extent;
  }
  return true;
}

/// The block that the eight bytes at `offset` of a leaked block refer to, LAB_NO_BLOCK if it is none or none that leaked.
static LAB_POPCOUNT uint32_t referred_to(const lab_leak_scan *scan, const lab_leaks_block *block, uint64_t offset) {
  uintptr_t word;
  memcpy(&word, (const void *)(block->address + offset), sizeof word);
  // Whoever packs addresses puts no tags into them.
  if (offset % 8 != 0 && word >> 47 != 0) return LAB_NO_BLOCK;
  uintptr_t address = lab_address_in(word);
  uint32_t to = lab_candidate(scan, address);
  // A weak reference leads to the counts of its object, to their first byte.
  bool leads_to = to != LAB_NO_BLOCK && lab_lies_in(scan, to, address) &&
                  (!lab_has_bit(scan->opaque, to) || address == scan->blocks[to].address);
  // The word with an object's counts.
  if (!leads_to && offset == 8) to = lab_side_table_of(scan, lab_candidate(scan, block->address));
  else if (!leads_to) return LAB_NO_BLOCK;
  return to != LAB_NO_BLOCK && lab_has_bit(scan->marked, to) ? LAB_NO_BLOCK : to;
}

static LAB_POPCOUNT void collect_edges(lab_leak_scan *scan, lab_leaks_result *out) {
  size_t count = 0;
  for (uint32_t from = 0; from < out->block_count; from++) {
    const lab_leaks_block *block = &out->blocks[from];
    if (block->is_opaque || block->is_gone) continue;
    // Structs of C may be packed, and so may arrays of them.
    uint64_t step = lab_is_packed(scan, block->address) ? 1 : 8;
    for (uint64_t offset = 0; offset + 8 <= block->extent && count < out->edge_capacity; offset += step) {
      uint32_t to = referred_to(scan, block, offset);
      if (to != LAB_NO_BLOCK) out->edges[count++] = (lab_leaks_edge){from, scan->number[to], offset};
    }
  }
  out->edge_count = count;
}

static bool collect_readable(lab_leak_scan *scan, lab_leaks_result *out) {
  if (!lab_map_words((void **)&out->readable, scan->map.count * sizeof(lab_leaks_range))) return false;
  out->readable_capacity = scan->map.count;
  for (size_t i = 0; i < scan->map.count; i++) {
    const lab_mapping *mapping = &scan->map.mappings[i];
    if (!mapping->readable || mapping->shared || mapping->is_kernel) continue;
    lab_leaks_range *last = out->readable_count > 0 ? &out->readable[out->readable_count - 1] : NULL;
    if (last != NULL && last->limit == mapping->start) last->limit = mapping->limit;
    else out->readable[out->readable_count++] = (lab_leaks_range){mapping->start, mapping->limit};
  }
  return true;
}

bool lab_result_collect(lab_leak_scan *scan, lab_leaks_result *out) {
  if (!collect_blocks(scan, out) || !collect_readable(scan, out)) return false;
  collect_edges(scan, out);
  return true;
}

void lab_leaks_free(lab_leaks_result *result) {
  lab_unmap_words(result->blocks, result->block_capacity * sizeof(lab_leaks_block));
  lab_unmap_words(result->edges, result->edge_capacity * sizeof(lab_leaks_edge));
  lab_unmap_words(result->content, result->content_bytes);
  lab_unmap_words(result->readable, result->readable_capacity * sizeof(lab_leaks_range));
  *result = (lab_leaks_result){0};
}
#endif

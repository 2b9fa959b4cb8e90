// Copies what is leaked, so that it can be looked at at leisure. Which blocks lead to which is found out in the copies,
// when the threads run again.
//
// C, because all other threads stand still meanwhile; it reads memory, calls lab_own_map and malloc_usable_size.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include <malloc.h>
#include <string.h>

/// Content beyond this much is not copied; its references are.
#define CONTENT_BYTES (512ull << 20)

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
static bool copy_blocks(lab_leak_scan *scan, lab_leaks_result *out) {
  size_t leaked = 0;
  uint64_t bytes = 0, *extents = scan->stack; // which is empty again
  for (uint32_t i = 0; i < scan->index.count; i++) {
    out->live_bytes += scan->blocks[i].size;
    if (lab_has_bit(scan->marked, i)) continue;
    bytes += extents[leaked++] = malloc_usable_size((void *)scan->blocks[i].address);
  }
  out->live_blocks = scan->index.count;
  out->block_count = out->block_capacity = leaked;
  out->content_bytes = bytes < CONTENT_BYTES ? bytes : CONTENT_BYTES;
  out->edge_capacity = bytes / 8;
  if (!lab_map_words((void **)&out->blocks, leaked * sizeof(lab_leaks_block)) ||
      !lab_map_words((void **)&out->content, out->content_bytes))
    return false;
  uint64_t copied = 0;
  uint32_t number = 0, young_from = youngest_from(scan);
  for (uint32_t i = 0; i < scan->index.count; i++) {
    if (lab_has_bit(scan->marked, i)) continue;
    const lab_heap_block *block = &scan->blocks[i];
    uint64_t extent = extents[number];
    bool fits = copied + extent <= out->content_bytes, is_object = lab_has_bit(scan->objects, i);
    bool is_opaque = lab_has_bit(scan->opaque, i);
    if (lab_is_packed(scan, block->address)) lab_set_bit(scan->packed, i);
    scan->number[i] = number;
    out->blocks[number++] = (lab_leaks_block){
        .address = block->address, .size = block->size, .extent = extent, .stack = block->stack,
        .content = fits ? copied : LAB_LEAKS_NOT_COPIED, .strong = lab_strong_count(scan, i),
        .is_opaque = is_opaque && !is_object, .is_gone = is_opaque && is_object,
        .is_young = young_from != UINT32_MAX && lab_heap_birth(block->address) >= young_from,
        .is_doubted = lab_has_bit(scan->doubted, i)};
    if (!fits) continue;
    memcpy(out->content + copied, (const void *)block->address, extent);
    copied += extent;
  }
  return true;
}

// MARK: - References

/// The block that eight bytes at `offset` of a leaked block refer to, LAB_NO_BLOCK if it is none or none that leaked.
static LAB_POPCOUNT uint32_t referred_to(const lab_leak_scan *scan, uint32_t from, uint64_t offset, uintptr_t word) {
  // Whoever packs addresses puts no tags into them.
  if (offset % 8 != 0 && word >> LAB_USER_BITS != 0) return LAB_NO_BLOCK;
  uintptr_t address = lab_address_in(word);
  uint32_t to = lab_candidate(scan, address);
  // A weak reference leads to the counts of its object, to their first byte.
  bool leads_to = to != LAB_NO_BLOCK && lab_lies_in(scan, to, address) &&
                  (!lab_has_bit(scan->opaque, to) || address == scan->blocks[to].address);
  // The word with an object's counts.
  if (!leads_to && offset == 8) to = lab_side_table_by(scan, from, word);
  else if (!leads_to) return LAB_NO_BLOCK;
  return to != LAB_NO_BLOCK && lab_has_bit(scan->marked, to) ? LAB_NO_BLOCK : to;
}

/// Lists the references in the bytes of a leaked block, wherever these are now.
static LAB_POPCOUNT void list_edges(const lab_leak_scan *scan, lab_leaks_result *out, uint32_t block,
                                    const uint8_t *bytes) {
  uint32_t from = scan->number[block];
  // Structs of C may be packed, and so may arrays of them.
  uint64_t step = lab_has_bit(scan->packed, block) ? 1 : 8, extent = out->blocks[from].extent;
  for (uint64_t offset = 0; offset + 8 <= extent && out->edge_count < out->edge_capacity; offset += step) {
    uintptr_t word;
    memcpy(&word, bytes + offset, sizeof word);
    uint32_t to = referred_to(scan, block, offset, word);
    if (to != LAB_NO_BLOCK)
      out->edges[out->edge_count++] = (lab_leaks_edge){from, scan->number[to], offset};
  }
}

/// Lists the references of leaked blocks that could not be copied, in their order, while these are as they are.
static bool list_edges_of_large(const lab_leak_scan *scan, lab_leaks_result *out) {
  for (uint32_t i = 0; i < scan->index.count; i++) {
    if (lab_has_bit(scan->marked, i)) continue;
    const lab_leaks_block *block = &out->blocks[scan->number[i]];
    if (block->content != LAB_LEAKS_NOT_COPIED || block->is_opaque || block->is_gone) continue;
    if (out->edges == NULL && !lab_map_words((void **)&out->edges, out->edge_capacity * sizeof(lab_leaks_edge)))
      return false;
    list_edges(scan, out, i, (const uint8_t *)block->address);
  }
  return true;
}

bool lab_result_connect(lab_leak_scan *scan, lab_leaks_result *out) {
  lab_leaks_edge *of_large = out->edges;
  size_t large_count = out->edge_count, taken = 0, bytes = out->edge_capacity * sizeof(lab_leaks_edge);
  out->edge_count = 0;
  bool is_mapped = lab_map_words((void **)&out->edges, bytes);
  for (uint32_t i = 0; is_mapped && i < scan->index.count; i++) {
    if (lab_has_bit(scan->marked, i)) continue;
    const lab_leaks_block *block = &out->blocks[scan->number[i]];
    if (block->is_opaque || block->is_gone) continue;
    if (block->content != LAB_LEAKS_NOT_COPIED) list_edges(scan, out, i, out->content + block->content);
    while (taken < large_count && of_large[taken].from == scan->number[i])
      out->edges[out->edge_count++] = of_large[taken++];
  }
  lab_unmap_words(of_large, bytes);
  return is_mapped;
}

// MARK: - All of it

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

bool lab_result_copy(lab_leak_scan *scan, lab_leaks_result *out) {
  return copy_blocks(scan, out) && list_edges_of_large(scan, out) && collect_readable(scan, out);
}

void lab_leaks_free(lab_leaks_result *result) {
  lab_unmap_words(result->blocks, result->block_capacity * sizeof(lab_leaks_block));
  lab_unmap_words(result->edges, result->edge_capacity * sizeof(lab_leaks_edge));
  lab_unmap_words(result->content, result->content_bytes);
  lab_unmap_words(result->readable, result->readable_capacity * sizeof(lab_leaks_range));
  *result = (lab_leaks_result){0};
}
#endif

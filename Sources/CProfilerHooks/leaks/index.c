// From any address to the block it lies in, in a few instructions, for a million blocks.
//
// The address space is cut into regions of 64 MiB and these into cells of 64 granules. A cell has a bit for each
// granule that a block begins at, and the number of the first block from there on, so a block's number is that plus a
// count of bits. C, because it is used while all threads stand still; it calls lab_own_map and malloc_usable_size only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_memory.h"
#include "leaks/leaks.h"
#include <malloc.h>

#define REGION_BYTES (1ul << LAB_REGION_SHIFT)

static size_t cells_per_region(const lab_block_index *index) { return REGION_BYTES >> index->cell_shift; }

static lab_cell *cell_of(const lab_block_index *index, uintptr_t address) {
  return &index->regions[address >> LAB_REGION_SHIFT][(address & (REGION_BYTES - 1)) >> index->cell_shift];
}

/// Enters the blocks [from, to), which all lie in one region.
static bool add_region(lab_block_index *index, uint32_t from, uint32_t to) {
  uintptr_t region = index->blocks[from].address >> LAB_REGION_SHIFT;
  lab_cell *cells = lab_own_map(cells_per_region(index) * sizeof(lab_cell));
  if (cells == NULL) return false;
  index->regions[region] = cells;
  index->region_first[region] = from;
  for (uint32_t i = from; i < to; i++) {
    uintptr_t address = index->blocks[i].address;
    cell_of(index, address)->starts |= 1ull << (address >> index->granule_shift & 63);
  }
  uint32_t first = from;
  for (size_t i = 0; i < cells_per_region(index); i++) {
    cells[i].first = first;
    first += (uint32_t)__builtin_popcountll(cells[i].starts);
  }
  return true;
}

/// Tells the regions that a block reaches into from below.
static void extend(lab_block_index *index, uint32_t block) {
  uintptr_t address = index->blocks[block].address;
  uintptr_t last = (address + malloc_usable_size((void *)address) - 1) >> LAB_REGION_SHIFT;
  for (uintptr_t region = (address >> LAB_REGION_SHIFT) + 1; region <= last && region < LAB_REGIONS; region++)
    index->reaching[region] = block + 1;
}

bool lab_index_open(lab_block_index *index, lab_heap_block *blocks, size_t count) {
  *index = (lab_block_index){.blocks = blocks, .count = (uint32_t)count, .granule_shift = 4};
  index->regions = lab_own_map(LAB_REGIONS * sizeof(lab_cell *));
  index->reaching = lab_own_map(LAB_REGIONS * sizeof(uint32_t));
  index->region_first = lab_own_map(LAB_REGIONS * sizeof(uint32_t));
  if (index->regions == NULL || index->reaching == NULL || index->region_first == NULL) return false;
  uintptr_t low = UINTPTR_MAX, high = 0;
  for (size_t i = 0; i < count; i++) {
    uintptr_t address = blocks[i].address;
    if (address & 15) index->granule_shift = 3;
    if (address < low) low = address;
    if (address > high) high = address;
  }
  if (count == 0 || high >> LAB_REGION_SHIFT >= LAB_REGIONS) return count == 0;
  index->cell_shift = index->granule_shift + 6;
  index->low = low;
  index->span = high - low + malloc_usable_size((void *)high);
  for (uint32_t from = 0, to; from < count; from = to) {
    for (to = from + 1; to < count; to++)
      if (blocks[to].address >> LAB_REGION_SHIFT != blocks[from].address >> LAB_REGION_SHIFT) break;
    if (!add_region(index, from, to)) return false;
    extend(index, to - 1);
  }
  return true;
}

void lab_index_close(lab_block_index *index) {
  if (index->regions != NULL && index->count > 0)
    for (uintptr_t region = index->low >> LAB_REGION_SHIFT; region <= (index->low + index->span) >> LAB_REGION_SHIFT;
         region++)
      lab_own_unmap(index->regions[region], cells_per_region(index) * sizeof(lab_cell));
  lab_own_unmap(index->regions, LAB_REGIONS * sizeof(lab_cell *));
  lab_own_unmap(index->reaching, LAB_REGIONS * sizeof(uint32_t));
  lab_own_unmap(index->region_first, LAB_REGIONS * sizeof(uint32_t));
  *index = (lab_block_index){0};
}

LAB_POPCOUNT bool lab_index_touches_page(const lab_block_index *index, uintptr_t page) {
  if (index->count == 0) return false;
  uintptr_t region = page >> LAB_REGION_SHIFT;
  if (region >= LAB_REGIONS) return false;
  if (index->regions[region] != NULL)
    for (uintptr_t address = page; address < page + LAB_PAGE; address += 1ul << index->cell_shift)
      if (cell_of(index, address)->starts != 0) return true;
  uint32_t block = lab_index_candidate(index, page);
  if (block == LAB_NO_BLOCK) return false;
  uintptr_t address = index->blocks[block].address;
  return page < address + malloc_usable_size((void *)address);
}
#endif

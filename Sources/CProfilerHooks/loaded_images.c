#include "lab_loaded_images.h"

#include <link.h>
#include <stddef.h>

typedef struct {
  void (*visit)(lab_loaded_image image, void *context);
  void *context;
} lab_image_visitor;

/// Passes one file on in our own words; C because it is the loader's callback. Calls only the visitor.
static int lab_visit_loaded_image(struct dl_phdr_info *info, size_t size, void *visitor) {
  (void)size;
  lab_image_visitor *to = visitor;
  lab_loaded_image image = {info->dlpi_addr, info->dlpi_name, info->dlpi_phdr, info->dlpi_phnum};
  to->visit(image, to->context);
  return 0;
}

void lab_each_loaded_image(void (*visit)(lab_loaded_image image, void *context), void *context) {
  lab_image_visitor visitor = {visit, context};
  dl_iterate_phdr(lab_visit_loaded_image, &visitor);
}

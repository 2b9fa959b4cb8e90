#include "lab_cpu.h"

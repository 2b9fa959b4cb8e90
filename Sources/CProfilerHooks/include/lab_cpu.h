// The CPU sampler.
#pragma once
#include <stdint.h>

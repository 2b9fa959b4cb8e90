// The hooks have no interface of their own: what may be called is in CProfiler. To link them is to have them.
#pragma once

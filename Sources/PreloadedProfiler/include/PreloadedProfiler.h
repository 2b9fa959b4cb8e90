// Nothing of it is called: it is the hooks as a library of their own.
#pragma once

// The server of profiles as a library of its own, for programs that are not rebuilt: it is loaded beside the preloaded hooks
// where profiles are to be served, and exports the one function that these call (exports.map). What else is in it, a Swift
// half of the profiler above all, is met by nobody.
@_exported import ProfilingHTTP

#if DistributedTracing
  import Profiling
  import Tracing

  /// Runs `body` with the labels `trace_id` and `span_id` of a span on everything it does, so that a profile can be asked
  /// for one request, and a trace for its profile: Pyroscope knows both labels.
  ///
  ///     try await tracer.withSpan("checkout") { _ in
  ///       try await withSpanLabels { try await checkOut(cart) }
  ///     }
  ///
  /// The numbers are those that the bootstrapped tracer would send on to another service in the header `traceparent` (W3C
  /// Trace Context), which is all that tracers have in common. Without a tracer, a span or that header there are no
  /// labels, and `body` runs all the same. Each span is a set of labels of its own: label a sample of many short ones.
  /// - Parameter context: That of the span; the task's own if none is given.
  public func withSpanLabels<R>(
    _ context: ServiceContext? = .current, _ body: () throws -> R
  ) rethrows -> R {
    guard let labels = SpanLabels(context) else { return try body() }
    return try withLabels(labels.dictionary, body)
  }

  /// The same, wherever `body` resumes and whatever child tasks it makes.
  public func withSpanLabels<R>(
    _ context: ServiceContext? = .current, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async rethrows -> R {
    guard let labels = SpanLabels(context) else { return try await body() }
    return try await withLabels(labels.dictionary, isolation: isolation, body)
  }

  /// A span in hexadecimal digits.
  struct SpanLabels {
    var traceID: String
    var spanID: String

    var dictionary: [String: String] { ["trace_id": traceID, "span_id": spanID] }

    /// Asks the tracer.
    init?(_ context: ServiceContext?) {
      guard let context else { return nil }
      var headers: [String: String] = [:]
      InstrumentationSystem.instrument.inject(context, into: &headers, using: Headers())
      guard let parent = headers.first(where: { $0.key.lowercased() == "traceparent" })?.value else { return nil }
      self.init(traceparent: parent)
    }

    /// Reads `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`; nil if it is none, or all of a number is zero.
    /// Source: W3C Trace Context, 3.2.2.
    init?(traceparent: String) {
      let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count >= 4, parts[0].count == 2, parts[1].count == 32, parts[2].count == 16,
        parts[..<4].allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isHexDigit && !$0.isUppercase } }),
        parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
      else { return nil }
      (traceID, spanID) = (String(parts[1]), String(parts[2]))
    }
  }

  private struct Headers: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
  }
#endif

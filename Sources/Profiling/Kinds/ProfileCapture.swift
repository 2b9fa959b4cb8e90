/// How a kind is captured in a program that runs, beside whatever else is recorded there: what there is now, or what
/// happens in a time that begins now.
public struct ProfileCapture: Sendable {
  /// What is asked for.
  public struct Request: Sendable, Hashable {
    /// In the unit of the kind's rate; nil: the usual one.
    public var rate: Int?
    /// How to show it, one of the kind's views; nil: the usual one.
    public var view: String?
    /// When what the program records from its start on began, in nanoseconds since the epoch.
    public var beganAt: Int64
  }

  /// A recording that has begun.
  public struct Window: Sendable {
    /// Ends it and gives what was recorded in it. To be called once.
    public let finish: @Sendable () throws -> ProfileRecording
    /// Ends it, and nobody wants it. To be called instead.
    public let abandon: @Sendable () -> Void
  }

  /// Whether there is something now, so that nothing has to be begun.
  public let isUnderWay: @Sendable () -> Bool
  /// What there is now. Throws what has to be done before, if nothing can be known.
  public let now: @Sendable (Request) throws -> ProfileRecording
  /// Begins a recording; nil if the kind is of a moment alone.
  public let begin: (@Sendable (Request) throws -> Window)?
  /// How long is recorded if nobody says and there is nothing now.
  public let usualTime: Duration

  /// What can be taken at once, and nothing else.
  init(now: @escaping @Sendable (Request) throws -> ProfileRecording) {
    isUnderWay = { true }
    self.now = now
    begin = nil
    usualTime = .zero
  }

  /// What is recorded for a time; or what has been recorded so far, if it is under way and no time is asked for.
  init(
    isUnderWay: @escaping @Sendable () -> Bool = { false },
    now: @escaping @Sendable (Request) throws -> ProfileRecording, for usualTime: Duration,
    begin: @escaping @Sendable (Request) throws -> Window
  ) {
    self.isUnderWay = isUnderWay
    self.now = now
    self.begin = begin
    self.usualTime = usualTime
  }
}

extension ProfileCapture {
  /// What is recorded for a time and in no other way.
  init(for usualTime: Duration, begin: @escaping @Sendable (Request) throws -> Window) {
    self.init(now: { try begin($0).finish() }, for: usualTime, begin: begin)
  }
}

extension ProfileCapture.Window {
  /// A session of an engine.
  /// - Parameter make: Makes the recording of what the engine has of the session, and ends that.
  init<E: Engine>(
    of sessions: Sessions<E>, _ request: E.Request,
    _ make: @escaping @Sendable (_ owner: SessionOwner) throws -> ProfileRecording
  ) throws(ProfilingError) where E: SendableMetatype, E.Part: SendableMetatype {
    let owner = sessions.newRecording()
    try sessions.begin(owner, request)
    self.init(finish: { try make(owner) }, abandon: { try? sessions.end(owner) { _ in } })
  }
}

/// A question that readers answer by clicking a frame, each frame being a label of an option's radio button.
public struct FrameQuestion: Sendable, Hashable {
  /// An option.
  public struct Option: Sendable, Hashable {
    /// Its letter, which is the value of its radio button.
    public var letter: String
    /// The id of that button.
    public var button: String
    /// The functions that stand for it, as claims name them.
    public var functions: [String]
    /// Whether it is the answer.
    public var isRight: Bool

    /// An option of the given parts.
    public init(letter: String, button: String, functions: [String], isRight: Bool) {
      self.letter = letter
      self.button = button
      self.functions = functions
      self.isRight = isRight
    }
  }

  /// In the order of their letters.
  public var options: [Option]

  /// A question of these options.
  public init(options: [Option]) { self.options = options }
}

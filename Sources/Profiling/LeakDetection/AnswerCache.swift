/// Answers to questions that come over and over: those given last are found without hashing.
///
/// A table with a slot for each of the low bits of a hint, before a dictionary.
struct AnswerCache<Question: Hashable, Answer> {
  private var recent: [(question: Question, answer: Answer)?] = Array(repeating: nil, count: slots)
  private var all: [Question: Answer] = [:]
  private static var slots: Int { 256 }

  /// The answer that was given, or nil if there is none yet.
  ///
  /// - Parameter hint: A number that differs for questions that are asked in turn.
  mutating func answer(to question: Question, hint: Int) -> Answer? {
    let slot = hint & (Self.slots - 1)
    if let last = recent[slot], last.question == question { return last.answer }
    guard let answer = all[question] else { return nil }
    recent[slot] = (question, answer)
    return answer
  }

  mutating func remember(_ answer: Answer, to question: Question) { all[question] = answer }
}

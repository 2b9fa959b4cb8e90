// fails: gone
import Synchronization

/// For each word the documents that have it.
private let postings = Mutex<[String: [Int]]>([:])

/// Which words are in which documents.
///
/// The archive makes one from scratch whenever it starts: it adds all documents, in the order of their numbers, and then asks.
struct InvertedIndex {
  /// How many documents there are.
  private(set) var count = 0

  /// Adds the words of a document. A word may be in it more than once.
  mutating func add(_ words: ArraySlice<String>, of document: Int) {
    if document == 0 { postings.withLock { $0 = [:] } }
    for word in words {
      var list = documents(with: word)
      if list.last != document { list.append(document) }
      postings.withLock { [list] in $0[word] = list }
    }
    count += 1
  }

  /// The documents that have the word, in ascending order.
  func documents(with word: String) -> [Int] { postings.withLock { $0[word] ?? [] } }

  /// The documents that have both words, in ascending order.
  func documents(with word: String, and other: String) -> [Int] {
    let (left, right) = (documents(with: word), documents(with: other))
    var (i, j) = (0, 0)
    var both: [Int] = []
    while i < left.count, j < right.count {
      if left[i] == right[j] {
        both.append(left[i])
        i += 1
        j += 1
      } else if left[i] < right[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return both
  }

  /// The words that are in the most documents, the most frequent first; of equally frequent ones the first by the alphabet.
  func mostFrequent(_ number: Int) -> [(word: String, documents: Int)] {
    let all = postings.withLock { $0 }.map { (word: $0.key, documents: $0.value.count) }
    return Array(all.sorted { ($1.documents, $0.word) < ($0.documents, $1.word) }.prefix(number))
  }
}

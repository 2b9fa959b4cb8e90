/// The documents that have a word: an object, so that all speak of the same list.
private final class PostingList {
  var documents: [Int]
  init(_ document: Int) { documents = [document] }
}

/// Which words are in which documents.
///
/// The archive makes one from scratch whenever it starts: it adds all documents, in the order of their numbers, and then asks.
struct InvertedIndex {
  /// For each word the documents that have it, in ascending order.
  private var postings: [String: PostingList] = [:]
  /// How many documents there are.
  private(set) var count = 0

  /// Adds the words of a document. A word may be in it more than once.
  mutating func add(_ words: ArraySlice<String>, of document: Int) {
    for word in words {
      if let list = postings[word] {
        if list.documents.last != document { list.documents.append(document) }
      } else {
        postings[word] = PostingList(document)
      }
    }
    count += 1
  }

  /// The documents that have the word, in ascending order.
  func documents(with word: String) -> [Int] { postings[word]?.documents ?? [] }

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
    let all = postings.map { (word: $0.key, documents: $0.value.documents.count) }
    return Array(all.sorted { ($1.documents, $0.word) < ($0.documents, $1.word) }.prefix(number))
  }
}

/// Reads the labels of one sample after the other.
///
/// Many samples have the same labels. They then share one dictionary, which saves most of the time and memory.
struct LabelDecoder {
  private let strings: StringTable
  private var textEntries: [Entry] = []
  private var numberEntries: [Entry] = []
  private var knownTexts: [[Entry]: [String: [String]]] = [:]
  private var knownNumbers: [[Entry]: [String: [NumericLabel]]] = [:]

  /// A label as the file has it; its strings are known to exist.
  private struct Entry: Hashable {
    var key: Int64 = 0
    var text: Int64 = 0
    var number: Int64 = 0
    var unit: Int64 = 0
  }

  init(strings: StringTable) { self.strings = strings }

  /// Forgets the labels of the sample before.
  mutating func removeAll() {
    if !textEntries.isEmpty { textEntries.removeAll(keepingCapacity: true) }
    if !numberEntries.isEmpty { numberEntries.removeAll(keepingCapacity: true) }
  }

  /// Reads a label: with a string it is a text label; else with a number or a unit it is numeric; else it says nothing.
  mutating func add(_ reader: WireReader) throws(ProfileError) {
    var reader = reader
    var entry = Entry()
    while try reader.next() {
      switch reader.field {
      case 1: entry.key = try index(&reader)
      case 2: entry.text = try index(&reader)
      case 3: entry.number = Int64(bitPattern: try reader.number())
      case 4: entry.unit = try index(&reader)
      default: try reader.skip()
      }
    }
    if entry.text != 0 {
      textEntries.append(Entry(key: entry.key, text: entry.text))
    } else if entry.number != 0 || entry.unit != 0 {
      numberEntries.append(entry)
    }
  }

  /// The text labels of the sample.
  mutating func texts() -> [String: [String]] {
    if textEntries.isEmpty { return [:] }
    if let known = knownTexts[textEntries] { return known }
    var labels: [String: [String]] = [:]
    for entry in textEntries { labels[strings[known: entry.key], default: []].append(strings[known: entry.text]) }
    if knownTexts.count < mostKnown { knownTexts[textEntries] = labels }
    return labels
  }

  /// The numeric labels of the sample.
  mutating func numbers() -> [String: [NumericLabel]] {
    if numberEntries.isEmpty { return [:] }
    if let known = knownNumbers[numberEntries] { return known }
    var labels: [String: [NumericLabel]] = [:]
    for entry in numberEntries {
      let label = NumericLabel(value: entry.number, unit: strings[known: entry.unit])
      labels[strings[known: entry.key], default: []].append(label)
    }
    if knownNumbers.count < mostKnown { knownNumbers[numberEntries] = labels }
    return labels
  }

  /// More different labels than this are not likely to come again.
  private let mostKnown = 4096

  private func index(_ reader: inout WireReader) throws(ProfileError) -> Int64 {
    let index = Int64(bitPattern: try reader.number())
    _ = try strings[index, at: reader.place]
    return index
  }
}

import Analysis
import Pprof

extension Profile {
  /// The position of a sample type, by name or by default.
  func sampleTypeIndex(_ name: String?) throws(FigureError) -> Int {
    if let index = sampleTypeIndex(named: name) { return index }
    throw .unknownSampleType(name: name ?? "", known: sampleTypes.map(\.type))
  }
}

import Pprof
import PprofOperations

extension Report {
  /// The tags of each sample as a drawing shows them: its text labels in one, and its sizes in bytes.
  ///
  /// Other numeric labels are not drawn, nor is the label that marks the base of a comparison.
  func sampleTags() -> [SampleTags] {
    let unit = labelUnits["bytes"] ?? ""
    return profile.samples.map { sample in
      let labels = sample.labels.flatMap { key, values in key == "pprof::base" ? [] : values.map { "\(key):\($0)" } }
      let sizes = (sample.numericLabels["bytes"] ?? []).map { size in
        Tag(
          name: Units.scaledLabel(size.value, from: unit, to: options.unit), value: size.value, unit: unit)
      }
      return SampleTags(label: labels.sorted { $0.precedesBytewise($1) }.joined(separator: "\\n"), numbers: sizes)
    }
  }
}

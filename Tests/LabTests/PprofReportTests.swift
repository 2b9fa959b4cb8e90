import Pprof
import TestSupport
import Testing

@testable import lab

/// Reports as google/pprof prints them (its state of July 2026); the goldens were made by it, not by us.
struct PprofReportTests {
  @Test("every report, byte for byte as pprof prints it", arguments: Self.cases)
  func report(_ name: String, _ flags: String) throws {
    let folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("decoder.pb.gz"))
    try Profile.laterDecoder.write(to: folder.file("later.pb.gz"))
    let arguments = flags.split(separator: " ").map { String($0).replacing("@", with: folder.path + "/") }
    let request = try PprofRequest(arguments: ["-symbolize=none"] + arguments)
    let report = try request.report(of: try request.profile { _ in })
    let text = String(decoding: try request.contents(of: report), as: UTF8.self)
    #expect(Golden.difference(text, name) == nil)
  }

  @Test("C++ names are short unless asked for as they are")
  func names() throws {
    let folder = try TemporaryFolder()
    try Profile.decoder.write(to: folder.file("decoder.pb.gz"))
    func names(_ flags: String...) throws -> Set<String> {
      Set(try PprofRequest(arguments: flags + [folder.path + "/decoder.pb.gz"]).profile { _ in }.functions.map(\.name))
    }
    #expect(try names("-symbolize=none").contains("std::rotl<unsigned>::apply"))
    #expect(try names("-symbolize=demangle=full").contains("std::rotl<unsigned>::apply"))
    #expect(try names().contains("std::rotl::apply"))
  }

  static let cases = [
    ("top.txt", "-top @decoder.pb.gz"),
    ("top-cum-lines.txt", "-text -cum -lines -nodecount=6 @decoder.pb.gz"),
    ("top-addresses.txt", "-top -addresses -unit=ms @decoder.pb.gz"),
    ("top-files-relative.txt", "-top -files -focus=batch -relative_percentages @decoder.pb.gz"),
    ("top-mean.txt", "-top -mean -noinlines -divide_by=2 @decoder.pb.gz"),
    ("top-tagroot.txt", "-top -cum -tagroot=client -tagleaf=kind -compact_labels @decoder.pb.gz"),
    ("top-difference.txt", "-top -base=@decoder.pb.gz @later.pb.gz"),
    ("top-merged.txt", "-top -sample_index=samples @decoder.pb.gz @later.pb.gz"),
    ("tree.txt", "-tree -nodecount=5 @decoder.pb.gz"),
    ("tree-difference.txt", "-tree -diff_base=@decoder.pb.gz -drop_negative @later.pb.gz"),
    ("peek.txt", "-peek=^serve$|walk @decoder.pb.gz"),
    ("traces.txt", "-traces -ignore=swift_ @decoder.pb.gz"),
    ("tags.txt", "-tags @decoder.pb.gz"),
    ("tags-unit.txt", "-tags -unit=kb -taghide=kind @decoder.pb.gz"),
    ("graph.dot", "-dot @decoder.pb.gz"),
    ("graph-few.dot", "-dot -nodecount=7 -lines @decoder.pb.gz"),
    ("graph-tree.dot", "-dot -call_tree -nodefraction=0.1 -filefunctions @decoder.pb.gz"),
    ("graph-difference.dot", "-dot -normalize -diff_base=@decoder.pb.gz @later.pb.gz"),
    ("graph-tagfocus.dot", "-dot -tagfocus=bytes=1kb:2mb -hide=^main$ @decoder.pb.gz"),
    ("graph-show-from.dot", "-dot -show_from=serve -prune_from=^RecordBatch -tagignore=client:w @decoder.pb.gz"),
    ("raw.txt", "-raw @decoder.pb.gz"),
    ("comments.txt", "-comments -add_comment=more @decoder.pb.gz"),
    ("callgrind.txt", "-callgrind @decoder.pb.gz"),
    ("callgrind-tree.txt", "-callgrind -call_tree -lines -focus=decode|serve @decoder.pb.gz"),
  ]
}

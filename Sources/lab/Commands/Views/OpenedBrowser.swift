import ChildProcesses
import Foundation
import Platform

/// A browser that shows an address with a secret in it.
///
/// The arguments of programs can be read by everybody on the machine. So the browser is told of a file that only its
/// user can read, which leads to the address; Jupyter's server does so as well.
struct OpenedBrowser: Sendable {
  private let file: String

  /// Opens the browser, where there is a screen; nil if there is none, or no file can be made.
  init?(showing url: String) {
    let environment = ProcessInfo.processInfo.environment
    #if os(macOS)
      let hasScreen = true
      let usual = "open"
    #else
      let hasScreen = environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil
      let usual = "xdg-open"
    #endif
    guard hasScreen else { return nil }
    var path = Array("\(NSTemporaryDirectory())/lab-view-XXXXXX.html".utf8CString)
    // Made with mode 0600.
    let descriptor = mkstemps(&path, 5)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    file = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let page = Array("<!DOCTYPE html><meta http-equiv=\"refresh\" content=\"0; url=\(url)\"><title>lab</title>\n".utf8)
    guard write(descriptor, page, page.count) == page.count else {
      unlink(file)
      return nil
    }
    let command = [environment["BROWSER"].flatMap { $0.isEmpty ? nil : $0 } ?? usual, file]
    // Some browsers run on until they are closed.
    Thread.detachNewThread { _ = try? ChildProcess.run(command) }
  }

  /// Removes the file.
  func forget() { unlink(file) }
}

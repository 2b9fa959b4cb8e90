import Foundation

/// Chromium, driven by a script in Python.
public enum Browser {
  /// Whether tests may look at pages in a real browser.
  public static let isThere = chromium != nil && Python.hasModule("playwright")
  /// What they need, for the reason of skipping them.
  public static let need = "needs chromium and Python's playwright: apt install chromium, pip install playwright"

  private static let chromium = Tool("chromium")

  /// Runs a script that finds `sync_playwright`, `launch(p)`, `sys` and `json`, and reads its input from `sys.stdin`.
  public static func run(_ script: String, input: String) throws -> Data {
    let prelude = """
      import sys, json
      from playwright.sync_api import sync_playwright
      def patient(thing):
          # Other tests may have the processors.
          thing.set_default_timeout(300_000)
          return thing
      def launch(p):
          browser = p.chromium.launch(executable_path='\(chromium?.path ?? "")', args=['--no-sandbox'])
          new_page, new_context = browser.new_page, browser.new_context
          browser.new_page = lambda **options: patient(new_page(**options))
          browser.new_context = lambda **options: patient(new_context(**options))
          return browser

      """
    return try Python.run(prelude + script, input: Data(input.utf8))
  }

  /// The same, on a thread of its own: where the test itself serves what the browser asks for, tests that wait must not have
  /// all of the pool's threads.
  public static func runAside(_ script: String, input: String) async throws -> Data {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try run(script, input: input) }) }
    }
  }
}

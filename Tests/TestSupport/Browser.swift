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
      def launch(p):
          return p.chromium.launch(executable_path='\(chromium?.path ?? "")', args=['--no-sandbox'])

      """
    return try Python.run(prelude + script, input: Data(input.utf8))
  }
}

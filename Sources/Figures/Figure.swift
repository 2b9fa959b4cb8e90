/// A drawing made from captures, with what is needed to read it without seeing it.
public struct Figure: Sendable, Hashable {
  /// Inline SVG or HTML that needs no script and asks for nothing from elsewhere; well-formed XML.
  public var body: String
  /// One sentence that says what the drawing shows, made from the data. Plain text.
  public var alt: String
  /// The data behind the drawing.
  public var table: DataTable
  /// The names of the functions that the drawing shows.
  public var functions: [String]

  /// A figure of the given parts.
  public init(body: String, alt: String, table: DataTable, functions: [String] = []) {
    self.body = body
    self.alt = alt
    self.table = table
    self.functions = functions
  }
}

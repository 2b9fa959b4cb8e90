import Foundation

/// The page of a challenge, in the site's Markdown: what `challenge.yml` tells, with the program and the commands.
///
/// It is written into `Content/challenges` when a challenge is made or changed (`lab new challenge`), and a test holds it
/// against the file.
struct ChallengePage {
  let challenge: Challenge

  /// Its file, as seen from the root.
  var file: String { "Content/challenges/\(challenge.id).md" }

  var markdown: String {
    let files = "Challenges/\(challenge.id)"
    var text = """
      ---
      title: \(Self.quoted(challenge.title))
      order: \(order)
      description: \(Self.quoted("A program with a fault, to be mended: a challenge of lesson \(challenge.lesson)."))
      ---

      # \(challenge.title)

      *A challenge of [lesson \(Self.number(challenge.lesson))](../lessons/\(challenge.lesson).md). \(Self.difficulty(challenge.level))*

      \(challenge.story.trimmed)

      ```console
      $ ./lab challenge start \(challenge.id)
      ```

      gives you the program, in `.lab/challenges/\(challenge.id)/Attempt.swift`. Before you change anything, have it checked once, with `lab challenge check \(challenge.id)`: the verdict says what the profiler sees, and draws it. Then mend the program, and check again. Under `lab serve` you can do both on this page.

      A check runs your program beside the solution, on inputs that are drawn anew each time. You pass if the output is right **and** the profiler shows the fault gone **and** no other came in its stead.

      ## The program { #program }

      ```swift file=\(files)/Attempt.swift title="Attempt.swift"
      ```


      """
    if challenge.file("Given.swift") != nil {
      text += """
        What it uses, and you cannot change:

        ??? note "Given.swift"

            ```swift file=\(files)/Given.swift
            ```


        """
    }
    text += "## Hints { #hints }\n\nEach says more than the one before.\n\n"
    for (number, hint) in zip(["first", "second", "third"], challenge.hints) {
      text += "??? tip \"The \(number) hint\"\n\n\(Self.indented(hint.trimmed))\n\n"
    }
    text += """
      ## When you have passed { #explanation }

      ??? success "One way to mend it, and why the fault was there"

          ```swift file=\(files)/Attempt.swift diff=\(files)/Solution.swift
          ```

      \(Self.indented(challenge.explanation.trimmed))

      Any other way is as good, if it passes.

      """
    return text
  }

  /// The page that leads to all of them.
  static func index(_ challenges: [Challenge]) -> String {
    """
    ---
    title: Challenges
    order: -1
    description: Small programs with a fault each, for you to mend; the profiler says whether you have.
    ---

    # Challenges

    A lesson shows you a fault. Here you find one: each of these programs has a fault of the same kind as its lesson's, in other clothes. You get the program and a symptom. When you think that it is mended, the profiler is the judge.

    ```console
    $ ./lab challenge list
    ```

    You pass if the output is right **and** the profiler shows the fault gone **and** no other came in its stead. If not, the verdict says what is missing, in the profile's own terms. There are three hints for each, and a solution. Begin with any.

    \(list(challenges))
    What you write is compiled and run on your machine alone. How far you have come is noted there too, in `.lab/challenges`.

    """
  }

  private static func list(_ challenges: [Challenge]) -> String {
    challenges.map { challenge in
      "- [\(challenge.title)](\(challenge.id).md) `\(challenge.id)`: lesson \(number(challenge.lesson)), \(difficulty(challenge.level).lowercased().dropLast())"
    }.joined(separator: "\n") + "\n"
  }

  private static func difficulty(_ level: Int) -> String {
    switch level {
    case 1: "Easy."
    case 2: "Medium."
    default: "Hard."
    }
  }

  /// Its place among the pages of challenges: by lessons, the easier one first.
  private var order: Int { Int(challenge.order * 100) + challenge.level }

  /// Lesson 2 is in two halves.
  private static func number(_ lesson: String) -> String { lesson == "2" ? "2a" : lesson }

  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
      .joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

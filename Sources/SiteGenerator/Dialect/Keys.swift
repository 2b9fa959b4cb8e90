/// The keys of a keyboard by the names that `++ctrl+alt+del++` may use.
enum Keys {
  /// What a key is called: `Ctrl` for `ctrl`; a name nobody knows is shown as it is.
  static func label(_ name: String) -> String {
    labels[name.lowercased()] ?? name.prefix(1).uppercased() + name.dropFirst()
  }

  private static let labels: [String: String] = {
    var labels: [String: String] = [:]
    for line in table.split(separator: "\n") {
      guard let sign = line.firstRange(of: " = ") else { continue }
      for name in line[..<sign.lowerBound].split(separator: " ") {
        labels[String(name)] = String(line[sign.upperBound...])
      }
    }
    return labels
  }()

  /// The names of a key and what it is called: facts from PyMdown Extensions 13.1.2 (`pymdownx.keymap_db`).
  private static let table = """
    space spc = Space
    backslash = \\
    bar pipe = |
    brace-left open-brace = {
    brace-right close-brace = }
    bracket-left open-bracket = [
    bracket-right close-bracket = ]
    colon = :
    comma = ,
    double-quote dblquote = "
    equal = =
    exclam exclamation = !
    grave grave-accent = `
    greater greater-than gt = >
    less less-than lt = <
    minus hyphen = -
    period = .
    plus = +
    question question-mark = ?
    semicolon = ;
    single-quote = '
    slash = /
    tilde = ~
    underscore = _
    arrow-up up = Up
    arrow-down down = Down
    arrow-left left = Left
    arrow-right right = Right
    page-up pg-up prior = Page Up
    page-down next page-dn pg-dn = Page Down
    home = Home
    end = End
    backspace back bksp = Backspace
    delete del = Del
    insert ins = Ins
    tab tabulator = Tab
    break cancel = Break
    caps-lock capital cplk = Caps Lock
    clear clr = Clear
    eject = Eject
    enter return = Enter
    escape esc = Esc
    help = Help
    print-screen prtsc = Print Screen
    scroll-lock scroll = Scroll Lock
    num0 = Num 0
    num1 = Num 1
    num2 = Num 2
    num3 = Num 3
    num4 = Num 4
    num5 = Num 5
    num6 = Num 6
    num7 = Num 7
    num8 = Num 8
    num9 = Num 9
    num-asterisk multiply = Num *
    num-clear = Num Clear
    num-delete num-del = Num Del
    num-equal = Num =
    num-lock numlk = Num Lock
    num-minus subtract = Num -
    num-plus add = Num +
    num-separator decimal separator = Num .
    num-slash divide = Num /
    num-enter = Num Enter
    alt = Alt
    alt-graph altgr = AltGr
    command cmd = Cmd
    control ctrl = Ctrl
    function fn = Fn
    left-alt lalt = Left Alt
    left-command lcmd lcommand left-cmd = Left Command
    left-control lcontrol lctrl left-ctrl = Left Ctrl
    left-meta lmeta = Left Meta
    left-option lopt loption left-opt = Left Option
    left-shift lshift = Left Shift
    left-super lsuper = Left Super
    left-windows left-win lwin lwindows = Left Win
    meta = Meta
    option opt = Option
    right-alt ralt = Right Alt
    right-command rcmd rcommand right-cmd = Right Command
    right-control rcontrol rctrl right-ctrl = Right Ctrl
    right-meta rmeta = Right Meta
    right-option right-opt ropt roption = Right Option
    right-shift rshift = Right Shift
    right-super rsuper = Right Super
    right-windows right-win rwin rwindows = Right Win
    shift = Shift
    super = Super
    windows win = Win
    f1 = F1
    f2 = F2
    f3 = F3
    f4 = F4
    f5 = F5
    f6 = F6
    f7 = F7
    f8 = F8
    f9 = F9
    f10 = F10
    f11 = F11
    f12 = F12
    f13 = F13
    f14 = F14
    f15 = F15
    f16 = F16
    f17 = F17
    f18 = F18
    f19 = F19
    f20 = F20
    f21 = F21
    f22 = F22
    f23 = F23
    f24 = F24
    backtab bktab = Back Tab
    browser-back = Browser Back
    browser-favorites favorites = Browser Favorites
    browser-forward forward = Browser Forward
    browser-home = Browser Home
    browser-refresh refresh = Browser Refresh
    browser-search search = Browser Search
    browser-stop = Browser Stop
    context-menu apps menu = Menu
    copy = Copy
    mail launch-mail = Mail
    media launch-media = Media
    media-next-track next-track = Next Track
    media-pause pause = Pause
    media-play play = Play
    media-play-pause play-pause = Play/Pause
    media-prev-track prev-track = Previous Track
    media-stop stop = Stop
    print = Print
    reset = Reset
    select = Select
    sleep = Sleep
    volume-down vol-down = Volume Down
    volume-mute mute vol-mute = Mute
    volume-up vol-up = Volume Up
    zoom = Zoom
    power = Power
    fingerprint = Fingerprint
    left-button lbutton = Left Button
    middle-button mbutton = Middle Button
    right-button rbutton = Right Button
    x-button1 xbutton1 = X Button 1
    x-button2 xbutton2 = X Button 2
    """
}

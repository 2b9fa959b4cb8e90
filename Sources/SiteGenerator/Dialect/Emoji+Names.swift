extension Emoji {
  /// An emoji a line, and the short names it has. The names are facts taken from PyMdown Extensions 13.1.2
  /// (`pymdownx.twemoji_db`, which MkDocs Material uses), those of skin tones left out: they are made.
  static let names = """
    💯 100
    🔢 1234 input_numbers
    🎱 8ball
    🅰️ a
    🆎 ab
    🧮 abacus
    🔤 abc
    🔡 abcd
    🉑 accept
    🪗 accordion
    🩹 adhesive_bandage
    🧑 adult person
    🚡 aerial_tramway
    ✈️ airplane
    🛬 airplane_arriving
    🛫 airplane_departure
    🛩️ airplane_small small_airplane
    ⏰ alarm_clock
    ⚗️ alembic
    👽 alien
    🚑 ambulance
    🏺 amphora
    🫀 anatomical_heart
    ⚓ anchor
    👼 angel baby_angel
    💢 anger
    🗯️ anger_right right_anger_bubble
    😠 angry angry_face
    😧 anguished
    🐜 ant
    🍎 apple red_apple
    ♒ aquarius
    ♈ aries
    ◀️ arrow_backward
    ⏬ arrow_double_down
    ⏫ arrow_double_up
    ⬇️ arrow_down down_arrow
    🔽 arrow_down_small
    ▶️ arrow_forward
    ⤵️ arrow_heading_down
    ⤴️ arrow_heading_up
    ⬅️ arrow_left left_arrow
    ↙️ arrow_lower_left
    ↘️ arrow_lower_right
    ➡️ arrow_right right_arrow
    ↪️ arrow_right_hook
    ⬆️ arrow_up up_arrow
    ↕️ arrow_up_down up_down_arrow
    🔼 arrow_up_small
    ↖️ arrow_upper_left up_left_arrow
    ↗️ arrow_upper_right
    🔃 arrows_clockwise
    🔄 arrows_counterclockwise
    🎨 art
    🚛 articulated_lorry
    🧑‍🎨 artist
    *⃣ asterisk keycap_asterisk
    😲 astonished
    🧑‍🚀 astronaut
    👟 athletic_shoe running_shoe
    🏧 atm
    ⚛️ atom atom_symbol
    🛺 auto_rickshaw
    🥑 avocado
    🪓 axe
    🅱️ b
    👶 baby
    🍼 baby_bottle
    🐤 baby_chick
    🚼 baby_symbol
    🔙 back back_arrow
    🥓 bacon
    🦡 badger
    🏸 badminton
    🥯 bagel
    🛄 baggage_claim
    🦲 bald
    🩰 ballet_shoes
    🎈 balloon
    🗳️ ballot_box ballot_box_with_ballot
    ☑️ ballot_box_with_check
    🎍 bamboo
    🍌 banana
    ‼️ bangbang
    🪕 banjo
    🏦 bank
    📊 bar_chart
    💈 barber barber_pole
    ⚾ baseball
    🧺 basket
    🏀 basketball
    🦇 bat
    🛀 bath
    🛁 bathtub
    🔋 battery
    🏖️ beach beach_with_umbrella
    ⛱️ beach_umbrella umbrella_on_ground
    🫘 beans
    🐻 bear
    🧔 bearded_person person_beard
    🦫 beaver
    🛏️ bed
    🐝 bee honeybee
    🍺 beer beer_mug
    🍻 beers
    🪲 beetle
    🔰 beginner
    🔔 bell
    🫑 bell_pepper
    🛎️ bellhop bellhop_bell
    🍱 bento bento_box
    🧃 beverage_box
    🚲 bike bicycle
    👙 bikini
    🧢 billed_cap
    ☣️ biohazard biohazard_sign
    🐦 bird
    🎂 birthday birthday_cake
    🦬 bison
    🫦 biting_lip
    🐦‍⬛ black_bird
    🐈‍⬛ black_cat
    ⚫ black_circle
    🖤 black_heart
    🃏 black_joker joker
    ⬛ black_large_square
    ◾ black_medium_small_square
    ◼️ black_medium_square
    ✒️ black_nib
    ▪️ black_small_square
    🔲 black_square_button
    👱‍♂️ blond-haired_man
    👱‍♀️ blond-haired_woman
    👱 blond_haired_person person_with_blond_hair
    🌼 blossom
    🐡 blowfish
    📘 blue_book
    🚙 blue_car
    🔵 blue_circle
    💙 blue_heart
    🟦 blue_square
    🫐 blueberries
    😊 blush
    🐗 boar
    💣 bomb
    🦴 bone
    📖 book open_book
    🔖 bookmark
    📑 bookmark_tabs
    📚 books
    💥 boom collision
    🪃 boomerang
    👢 boot womans_boot
    💐 bouquet
    🏹 bow_and_arrow archery
    🥣 bowl_with_spoon
    🎳 bowling
    🥊 boxing_glove boxing_gloves
    👦 boy
    🧠 brain
    🍞 bread
    🤱 breast_feeding
    🧱 bricks brick
    🌉 bridge_at_night
    💼 briefcase
    🩲 briefs
    🥦 broccoli
    ⛓️‍💥 broken_chain
    💔 broken_heart
    🧹 broom
    🟤 brown_circle
    🤎 brown_heart
    🍄‍🟫 brown_mushroom
    🟫 brown_square
    🧋 bubble_tea
    🫧 bubbles
    🪣 bucket
    🐛 bug
    💡 bulb light_bulb
    🚅 bullettrain_front bullet_train
    🚄 bullettrain_side
    🌯 burrito
    🚌 bus
    🚏 busstop bus_stop
    👤 bust_in_silhouette
    👥 busts_in_silhouette
    🧈 butter
    🦋 butterfly
    🌵 cactus
    🍰 cake shortcake
    📆 calendar
    🗓️ calendar_spiral spiral_calendar_pad
    🤙 call_me call_me_hand
    📲 calling
    🐫 camel
    📷 camera
    📸 camera_with_flash
    🏕️ camping
    ♋ cancer
    🕯️ candle
    🍬 candy
    🥫 canned_food
    🛶 canoe kayak
    🔠 capital_abcd
    ♑ capricorn
    🗃️ card_box card_file_box
    📇 card_index
    🎠 carousel_horse
    🪚 carpentry_saw
    🥕 carrot
    🐈 cat2
    🐱 cat cat_face
    💿 cd optical_disk
    ⛓️ chains
    🪑 chair
    🍾 champagne bottle_with_popping_cork
    🥂 champagne_glass clinking_glass
    💹 chart
    📉 chart_with_downwards_trend
    📈 chart_with_upwards_trend
    🏁 checkered_flag
    🧀 cheese cheese_wedge
    🍒 cherries
    🌸 cherry_blossom
    ♟️ chess_pawn
    🌰 chestnut
    🐔 chicken
    🧒 child
    🚸 children_crossing
    🐿️ chipmunk
    🍫 chocolate_bar
    🥢 chopsticks
    🎄 christmas_tree
    ⛪ church
    🎦 cinema
    🎪 circus_tent
    🌆 city_dusk
    🌇 city_sunset city_sunrise sunset
    🏙️ cityscape
    🆑 cl
    👏 clap
    🎬 clapper clapper_board
    🏛️ classical_building
    📋 clipboard
    🕥 clock1030 ten_thirty
    🕙 clock10 ten_oclock
    🕦 clock1130 eleven_thirty
    🕚 clock11 eleven_oclock
    🕧 clock1230 twelve_thirty
    🕛 clock12 twelve_oclock
    🕜 clock130 one_thirty
    🕐 clock1 one_oclock
    🕝 clock230 two_thirty
    🕑 clock2 two_oclock
    🕞 clock330 three_thirty
    🕒 clock3 three_oclock
    🕟 clock430 four_thirty
    🕓 clock4 four_oclock
    🕠 clock530 five_thirty
    🕔 clock5 five_oclock
    🕡 clock630 six_thirty
    🕕 clock6 six_oclock
    🕢 clock730 seven_thirty
    🕖 clock7 seven_oclock
    🕣 clock830 eight_thirty
    🕗 clock8 eight_oclock
    🕤 clock930 nine_thirty
    🕘 clock9 nine_oclock
    🕰️ clock mantlepiece_clock
    📕 closed_book
    🔐 closed_lock_with_key
    🌂 closed_umbrella
    ☁️ cloud
    🌩️ cloud_lightning cloud_with_lightning
    🌧️ cloud_rain cloud_with_rain
    🌨️ cloud_snow cloud_with_snow
    🌪️ cloud_tornado cloud_with_tornado tornado
    🤡 clown clown_face
    ♣️ clubs club_suit
    🧥 coat
    🪳 cockroach
    🍸 cocktail
    🥥 coconut
    ☕ coffee hot_beverage
    ⚰️ coffin
    🪙 coin
    🥶 cold_face
    😰 cold_sweat
    ☄️ comet
    🧭 compass
    🗜️ compression clamp
    💻 computer
    🎊 confetti_ball
    😖 confounded
    😕 confused confused_face
    ㊗️ congratulations
    🚧 construction
    🏗️ construction_site building_construction
    👷 construction_worker
    🎛️ control_knobs
    🏪 convenience_store
    🧑‍🍳 cook
    🍪 cookie
    🍳 cooking
    🆒 cool
    ©️ copyright
    🪸 coral
    🌽 corn ear_of_corn
    🛋️ couch couch_and_lamp
    👫 couple
    👨‍❤️‍👨 couple_mm couple_with_heart_mm
    💑 couple_with_heart
    👩‍❤️‍👨 couple_with_heart_woman_man
    👩‍❤️‍👩 couple_ww couple_with_heart_ww
    💏 couplekiss
    🐄 cow2
    🐮 cow cow_face
    🤠 cowboy face_with_cowboy_hat
    🦀 crab
    🖍️ crayon lower_left_crayon
    💳 credit_card
    🌙 crescent_moon
    🦗 cricket
    🏏 cricket_game cricket_bat_ball
    🐊 crocodile
    🥐 croissant
    ✝️ cross latin_cross
    🎌 crossed_flags
    ⚔️ crossed_swords
    👑 crown
    🛳️ cruise_ship passenger_ship
    🩼 crutch
    😢 cry crying_face
    😿 crying_cat_face crying_cat
    🔮 crystal_ball
    🥒 cucumber
    🥤 cup_with_straw
    🧁 cupcake
    💘 cupid
    🥌 curling_stone
    🦱 curly_haired curly_hair
    ➰ curly_loop
    💱 currency_exchange
    🍛 curry curry_rice
    🍮 custard flan pudding
    🛃 customs
    🥩 cut_of_meat
    🌀 cyclone
    🗡️ dagger dagger_knife
    💃 dancer woman_dancing
    🍡 dango
    🕶️ dark_sunglasses
    🎯 dart direct_hit
    💨 dash dashing_away
    📅 date
    🧏‍♂️ deaf_man
    🧏 deaf_person
    🧏‍♀️ deaf_woman
    🌳 deciduous_tree
    🦌 deer
    🏬 department_store
    🏜️ desert
    🖥️ desktop desktop_computer
    🕵️ detective sleuth_or_spy spy
    💠 diamond_shape_with_a_dot_inside
    ♦️ diamonds diamond_suit
    😞 disappointed
    😥 disappointed_relieved
    🥸 disguised_face
    🗂️ dividers card_index_dividers
    🤿 diving_mask
    🪔 diya_lamp
    💫 dizzy
    😵 dizzy_face
    🧬 dna
    🚯 do_not_litter no_littering
    🦤 dodo
    🐕 dog2
    🐶 dog dog_face
    💵 dollar
    🎎 dolls
    🐬 dolphin
    🫏 donkey
    🚪 door
    🫥 dotted_line_face
    🍩 doughnut
    🕊️ dove dove_of_peace
    🐉 dragon
    🐲 dragon_face
    👗 dress
    🐪 dromedary_camel
    🤤 drooling_face drool
    🩸 drop_of_blood
    💧 droplet
    🥁 drum drum_with_drumsticks
    🦆 duck
    🥟 dumpling
    📀 dvd
    📧 e-mail e_mail email
    🦅 eagle
    👂 ear
    🌾 ear_of_rice sheaf_of_rice
    🦻 ear_with_hearing_aid
    🌍 earth_africa
    🌎 earth_americas
    🌏 earth_asia
    🥚 egg
    🍆 eggplant
    8⃣ eight
    ✴️ eight_pointed_black_star
    ✳️ eight_spoked_asterisk
    ⏏️ eject eject_symbol
    🔌 electric_plug
    🐘 elephant
    🛗 elevator
    🧝 elf
    🪹 empty_nest
    🔚 end end_arrow
    🏴󠁧󠁢󠁥󠁮󠁧󠁿 england
    ✉️ envelope
    📩 envelope_with_arrow
    💶 euro euro_banknote
    🏰 european_castle castle
    🏤 european_post_office
    🌲 evergreen_tree
    ❗ exclamation
    🤯 exploding_head
    😑 expressionless
    👁️ eye
    👁‍🗨 eye_in_speech_bubble
    👓 eyeglasses glasses
    👀 eyes
    😮‍💨 face_exhaling
    🥹 face_holding_back_tears
    😶‍🌫️ face_in_clouds
    🤮 face_vomiting
    🫩 face_with_bags_under_eyes
    🫤 face_with_diagonal_mouth
    🤭 face_with_hand_over_mouth
    🧐 face_with_monocle
    🫢 face_with_open_eyes_and_hand_over_mouth
    🫣 face_with_peeking_eye
    🤨 face_with_raised_eyebrow
    😵‍💫 face_with_spiral_eyes
    🤬 face_with_symbols_over_mouth
    🏭 factory
    🧑‍🏭 factory_worker
    🧚 fairy
    🧆 falafel
    🍂 fallen_leaf
    👪 family
    🧑‍🧑‍🧒 family_adult_adult_child
    🧑‍🧑‍🧒‍🧒 family_adult_adult_child_child
    🧑‍🧒 family_adult_child
    🧑‍🧒‍🧒 family_adult_child_child
    👨‍👦 family_man_boy
    👨‍👦‍👦 family_man_boy_boy
    👨‍👧 family_man_girl
    👨‍👧‍👦 family_man_girl_boy
    👨‍👧‍👧 family_man_girl_girl
    👨‍👩‍👦 family_man_woman_boy
    👨‍👨‍👦 family_mmb
    👨‍👨‍👦‍👦 family_mmbb
    👨‍👨‍👧 family_mmg
    👨‍👨‍👧‍👦 family_mmgb
    👨‍👨‍👧‍👧 family_mmgg
    👨‍👩‍👦‍👦 family_mwbb
    👨‍👩‍👧 family_mwg
    👨‍👩‍👧‍👦 family_mwgb
    👨‍👩‍👧‍👧 family_mwgg
    👩‍👦 family_woman_boy
    👩‍👦‍👦 family_woman_boy_boy
    👩‍👧 family_woman_girl
    👩‍👧‍👦 family_woman_girl_boy
    👩‍👧‍👧 family_woman_girl_girl
    👩‍👩‍👦 family_wwb
    👩‍👩‍👦‍👦 family_wwbb
    👩‍👩‍👧 family_wwg
    👩‍👩‍👧‍👦 family_wwgb
    👩‍👩‍👧‍👧 family_wwgg
    🧑‍🌾 farmer
    ⏩ fast_forward
    📠 fax fax_machine
    😨 fearful fearful_face
    🪶 feather
    🐾 feet paw_prints
    ♀️ female_sign
    🎡 ferris_wheel
    ⛴️ ferry
    🏑 field_hockey
    🗄️ file_cabinet
    📁 file_folder
    🎞️ film_frames
    🫆 fingerprint
    🤞 fingers_crossed hand_with_index_and_middle_finger_crossed
    🔥 fire flame
    🚒 fire_engine
    🧯 fire_extinguisher
    🧨 firecracker
    🧑‍🚒 firefighter
    🎆 fireworks
    🥇 first_place first_place_medal
    🌓 first_quarter_moon
    🌛 first_quarter_moon_with_face
    🐟 fish
    🍥 fish_cake
    🎣 fishing_pole_and_fish fishing_pole
    ✊ fist raised_fist
    5⃣ five
    🇦🇨 flag_ac ac
    🇦🇩 flag_ad ad
    🇦🇪 flag_ae ae
    🇦🇫 flag_af af
    🇦🇬 flag_ag ag
    🇦🇮 flag_ai ai
    🇦🇱 flag_al al
    🇦🇲 flag_am am
    🇦🇴 flag_ao ao
    🇦🇶 flag_aq aq
    🇦🇷 flag_ar ar
    🇦🇸 flag_as as
    🇦🇹 flag_at at
    🇦🇺 flag_au au
    🇦🇼 flag_aw aw
    🇦🇽 flag_ax ax
    🇦🇿 flag_az az
    🇧🇦 flag_ba ba
    🇧🇧 flag_bb bb
    🇧🇩 flag_bd bd
    🇧🇪 flag_be be
    🇧🇫 flag_bf bf
    🇧🇬 flag_bg bg
    🇧🇭 flag_bh bh
    🇧🇮 flag_bi bi
    🇧🇯 flag_bj bj
    🇧🇱 flag_bl bl
    🏴 flag_black black_flag waving_black_flag
    🇧🇲 flag_bm bm
    🇧🇳 flag_bn bn
    🇧🇴 flag_bo bo
    🇧🇶 flag_bq bq
    🇧🇷 flag_br br
    🇧🇸 flag_bs bs
    🇧🇹 flag_bt bt
    🇧🇻 flag_bv bv
    🇧🇼 flag_bw bw
    🇧🇾 flag_by by
    🇧🇿 flag_bz bz
    🇨🇦 flag_ca ca
    🇨🇨 flag_cc cc
    🇨🇩 flag_cd congo
    🇨🇫 flag_cf cf
    🇨🇬 flag_cg cg
    🇨🇭 flag_ch ch
    🇨🇮 flag_ci ci
    🇨🇰 flag_ck ck
    🇨🇱 flag_cl chile
    🇨🇲 flag_cm cm
    🇨🇳 flag_cn cn
    🇨🇴 flag_co co
    🇨🇵 flag_cp cp
    🇨🇷 flag_cr cr
    🇨🇺 flag_cu cu
    🇨🇻 flag_cv cv
    🇨🇼 flag_cw cw
    🇨🇽 flag_cx cx
    🇨🇾 flag_cy cy
    🇨🇿 flag_cz cz
    🇩🇪 flag_de de
    🇩🇬 flag_dg dg
    🇩🇯 flag_dj dj
    🇩🇰 flag_dk dk
    🇩🇲 flag_dm dm
    🇩🇴 flag_do do
    🇩🇿 flag_dz dz
    🇪🇦 flag_ea ea
    🇪🇨 flag_ec ec
    🇪🇪 flag_ee ee
    🇪🇬 flag_eg eg
    🇪🇭 flag_eh eh
    🇪🇷 flag_er er
    🇪🇸 flag_es es
    🇪🇹 flag_et et
    🇪🇺 flag_eu eu
    🇫🇮 flag_fi fi
    🇫🇯 flag_fj fj
    🇫🇰 flag_fk fk
    🇫🇲 flag_fm fm
    🇫🇴 flag_fo fo
    🇫🇷 flag_fr fr
    🇬🇦 flag_ga ga
    🇬🇧 flag_gb gb
    🇬🇩 flag_gd gd
    🇬🇪 flag_ge ge
    🇬🇫 flag_gf gf
    🇬🇬 flag_gg gg
    🇬🇭 flag_gh gh
    🇬🇮 flag_gi gi
    🇬🇱 flag_gl gl
    🇬🇲 flag_gm gm
    🇬🇳 flag_gn gn
    🇬🇵 flag_gp gp
    🇬🇶 flag_gq gq
    🇬🇷 flag_gr gr
    🇬🇸 flag_gs gs
    🇬🇹 flag_gt gt
    🇬🇺 flag_gu gu
    🇬🇼 flag_gw gw
    🇬🇾 flag_gy gy
    🇭🇰 flag_hk hk
    🇭🇲 flag_hm hm
    🇭🇳 flag_hn hn
    🇭🇷 flag_hr hr
    🇭🇹 flag_ht ht
    🇭🇺 flag_hu hu
    🇮🇨 flag_ic ic
    🇮🇩 flag_id indonesia
    🇮🇪 flag_ie ie
    🇮🇱 flag_il il
    🇮🇲 flag_im im
    🇮🇳 flag_in in
    🇮🇴 flag_io io
    🇮🇶 flag_iq iq
    🇮🇷 flag_ir ir
    🇮🇸 flag_is is
    🇮🇹 flag_it it
    🇯🇪 flag_je je
    🇯🇲 flag_jm jm
    🇯🇴 flag_jo jo
    🇯🇵 flag_jp jp
    🇰🇪 flag_ke ke
    🇰🇬 flag_kg kg
    🇰🇭 flag_kh kh
    🇰🇮 flag_ki ki
    🇰🇲 flag_km km
    🇰🇳 flag_kn kn
    🇰🇵 flag_kp kp
    🇰🇷 flag_kr kr
    🇰🇼 flag_kw kw
    🇰🇾 flag_ky ky
    🇰🇿 flag_kz kz
    🇱🇦 flag_la la
    🇱🇧 flag_lb lb
    🇱🇨 flag_lc lc
    🇱🇮 flag_li li
    🇱🇰 flag_lk lk
    🇱🇷 flag_lr lr
    🇱🇸 flag_ls ls
    🇱🇹 flag_lt lt
    🇱🇺 flag_lu lu
    🇱🇻 flag_lv lv
    🇱🇾 flag_ly ly
    🇲🇦 flag_ma ma
    🇲🇨 flag_mc mc
    🇲🇩 flag_md md
    🇲🇪 flag_me me
    🇲🇫 flag_mf mf
    🇲🇬 flag_mg mg
    🇲🇭 flag_mh mh
    🇲🇰 flag_mk mk
    🇲🇱 flag_ml ml
    🇲🇲 flag_mm mm
    🇲🇳 flag_mn mn
    🇲🇴 flag_mo mo
    🇲🇵 flag_mp mp
    🇲🇶 flag_mq mq
    🇲🇷 flag_mr mr
    🇲🇸 flag_ms ms
    🇲🇹 flag_mt mt
    🇲🇺 flag_mu mu
    🇲🇻 flag_mv mv
    🇲🇼 flag_mw mw
    🇲🇽 flag_mx mx
    🇲🇾 flag_my my
    🇲🇿 flag_mz mz
    🇳🇦 flag_na na
    🇳🇨 flag_nc nc
    🇳🇪 flag_ne ne
    🇳🇫 flag_nf nf
    🇳🇬 flag_ng nigeria
    🇳🇮 flag_ni ni
    🇳🇱 flag_nl nl
    🇳🇴 flag_no no
    🇳🇵 flag_np np
    🇳🇷 flag_nr nr
    🇳🇺 flag_nu nu
    🇳🇿 flag_nz nz
    🇴🇲 flag_om om
    🇵🇦 flag_pa pa
    🇵🇪 flag_pe pe
    🇵🇫 flag_pf pf
    🇵🇬 flag_pg pg
    🇵🇭 flag_ph ph
    🇵🇰 flag_pk pk
    🇵🇱 flag_pl pl
    🇵🇲 flag_pm pm
    🇵🇳 flag_pn pn
    🇵🇷 flag_pr pr
    🇵🇸 flag_ps ps
    🇵🇹 flag_pt pt
    🇵🇼 flag_pw pw
    🇵🇾 flag_py py
    🇶🇦 flag_qa qa
    🇷🇪 flag_re re
    🇷🇴 flag_ro ro
    🇷🇸 flag_rs rs
    🇷🇺 flag_ru ru
    🇷🇼 flag_rw rw
    🇸🇦 flag_sa saudi saudiarabia
    🇨🇶 flag_sark
    🇸🇧 flag_sb sb
    🇸🇨 flag_sc sc
    🇸🇩 flag_sd sd
    🇸🇪 flag_se se
    🇸🇬 flag_sg sg
    🇸🇭 flag_sh sh
    🇸🇮 flag_si si
    🇸🇯 flag_sj sj
    🇸🇰 flag_sk sk
    🇸🇱 flag_sl sl
    🇸🇲 flag_sm sm
    🇸🇳 flag_sn sn
    🇸🇴 flag_so so
    🇸🇷 flag_sr sr
    🇸🇸 flag_ss ss
    🇸🇹 flag_st st
    🇸🇻 flag_sv sv
    🇸🇽 flag_sx sx
    🇸🇾 flag_sy sy
    🇸🇿 flag_sz sz
    🇹🇦 flag_ta ta
    🇹🇨 flag_tc tc
    🇹🇩 flag_td td
    🇹🇫 flag_tf tf
    🇹🇬 flag_tg tg
    🇹🇭 flag_th th
    🇹🇯 flag_tj tj
    🇹🇰 flag_tk tk
    🇹🇱 flag_tl tl
    🇹🇲 flag_tm turkmenistan
    🇹🇳 flag_tn tn
    🇹🇴 flag_to to
    🇹🇷 flag_tr tr
    🇹🇹 flag_tt tt
    🇹🇻 flag_tv tuvalu
    🇹🇼 flag_tw tw
    🇹🇿 flag_tz tz
    🇺🇦 flag_ua ua
    🇺🇬 flag_ug ug
    🇺🇲 flag_um um
    🇺🇸 flag_us us
    🇺🇾 flag_uy uy
    🇺🇿 flag_uz uz
    🇻🇦 flag_va va
    🇻🇨 flag_vc vc
    🇻🇪 flag_ve ve
    🇻🇬 flag_vg vg
    🇻🇮 flag_vi vi
    🇻🇳 flag_vn vn
    🇻🇺 flag_vu vu
    🇼🇫 flag_wf wf
    🏳️ flag_white waving_white_flag white_flag
    🇼🇸 flag_ws ws
    🇽🇰 flag_xk xk
    🇾🇪 flag_ye ye
    🇾🇹 flag_yt yt
    🇿🇦 flag_za za
    🇿🇲 flag_zm zm
    🇿🇼 flag_zw zw
    🎏 flags carp_streamer
    🦩 flamingo
    🔦 flashlight
    🫓 flatbread
    ⚜️ fleur-de-lis fleur_de_lis
    💾 floppy_disk
    🎴 flower_playing_cards
    😳 flushed flushed_face
    🪈 flute
    🪰 fly
    🥏 flying_disc
    🛸 flying_saucer
    🌫️ fog
    🌁 foggy
    🪭 folding_hand_fan
    🫕 fondue
    🦶 foot
    🏈 football
    👣 footprints
    🍴 fork_and_knife
    🍽️ fork_knife_plate fork_and_knife_with_plate
    🥠 fortune_cookie
    ⛲ fountain
    4⃣ four
    🍀 four_leaf_clover
    🦊 fox fox_face
    🖼️ frame_photo frame_with_picture
    🆓 free
    🥖 french_bread baguette_bread
    🍤 fried_shrimp
    🍟 fries french_fries
    🐸 frog
    ☹️ frowning2 frowning_face white_frowning_face
    😦 frowning
    ⛽ fuelpump fuel_pump
    🌕 full_moon
    🌝 full_moon_with_face
    🎲 game_die
    🧄 garlic
    ⚙️ gear
    💎 gem gem_stone
    ♊ gemini
    🧞 genie
    👻 ghost
    🎁 gift wrapped_gift
    💝 gift_heart
    🫚 ginger_root
    🦒 giraffe
    👧 girl
    🌐 globe_with_meridians
    🧤 gloves
    🥅 goal goal_net
    🐐 goat
    🥽 goggles
    ⛳ golf flag_in_hole
    🪿 goose
    🦍 gorilla
    🍇 grapes
    🍏 green_apple
    📗 green_book
    🟢 green_circle
    💚 green_heart
    🟩 green_square
    ❕ grey_exclamation
    🩶 grey_heart
    ❔ grey_question
    😬 grimacing
    😁 grin
    😀 grinning grinning_face
    💂 guard guardsman
    🦮 guide_dog
    🎸 guitar
    🔫 gun pistol
    🪮 hair_pick
    🍔 hamburger
    🔨 hammer
    ⚒️ hammer_pick hammer_and_pick
    🪬 hamsa
    🐹 hamster
    🖐️ hand_splayed raised_hand_with_fingers_splayed
    🫰 hand_with_index_finger_and_thumb_crossed
    👜 handbag
    🤝 handshake shaking_hands
    🪉 harp
    #⃣ hash
    🐥 hatched_chick
    🐣 hatching_chick
    🤕 head_bandage face_with_head_bandage
    🙂‍↔️ head_shaking_horizontally
    🙂‍↕️ head_shaking_vertically
    🎧 headphones headphone
    🪦 headstone
    🧑‍⚕️ health_worker
    🙉 hear_no_evil
    ❤️ heart red_heart
    💟 heart_decoration
    ❣️ heart_exclamation heavy_heart_exclamation_mark_ornament
    😍 heart_eyes
    😻 heart_eyes_cat
    🫶 heart_hands
    ❤️‍🔥 heart_on_fire
    💓 heartbeat beating_heart
    💗 heartpulse growing_heart
    ♥️ hearts heart_suit
    ✔️ heavy_check_mark check_mark
    ➗ heavy_division_sign
    💲 heavy_dollar_sign
    🟰 heavy_equals_sign
    ➖ heavy_minus_sign
    ✖️ heavy_multiplication_x
    ➕ heavy_plus_sign
    🦔 hedgehog
    🚁 helicopter
    ⛑️ helmet_with_cross helmet_with_white_cross
    🌿 herb
    🌺 hibiscus
    🔆 high_brightness
    👠 high_heel
    🥾 hiking_boot
    🛕 hindu_temple
    🦛 hippopotamus
    🏒 hockey ice_hockey
    🕳️ hole
    🏘️ homes house_buildings houses
    🍯 honey_pot
    🪝 hook
    🐴 horse horse_face
    🏇 horse_racing
    🏥 hospital
    🥵 hot_face
    🌶️ hot_pepper
    🌭 hotdog hot_dog
    🏨 hotel
    ♨️ hotsprings hot_springs
    ⌛ hourglass
    ⏳ hourglass_flowing_sand
    🏠 house
    🏚️ house_abandoned derelict_house_building
    🏡 house_with_garden
    🤗 hugging hugging_face
    😯 hushed hushed_face
    🛖 hut
    🪻 hyacinth
    🍨 ice_cream
    🧊 ice_cube
    ⛸️ ice_skate
    🍦 icecream
    🆔 id
    🪪 identification_card
    🉐 ideograph_advantage
    👿 imp
    📥 inbox_tray
    📨 incoming_envelope
    🫵 index_pointing_at_the_viewer
    ♾️ infinity
    ℹ️ information_source information
    😇 innocent
    ⁉️ interrobang
    🏝️ island desert_island
    🏮 izakaya_lantern
    🎃 jack_o_lantern
    🗾 japan map_of_japan
    🏯 japanese_castle
    👺 japanese_goblin goblin
    👹 japanese_ogre ogre
    🫙 jar
    👖 jeans
    🪼 jellyfish
    🧩 jigsaw puzzle_piece
    😂 joy
    😹 joy_cat
    🕹️ joystick
    🧑‍⚖️ judge
    🕋 kaaba
    🦘 kangaroo
    🗝️ key2 old_key
    🔑 key
    ⌨️ keyboard
    🔟 keycap_ten
    🪯 khanda
    👘 kimono
    💋 kiss kiss_mark
    👨‍❤️‍💋‍👨 kiss_mm couplekiss_mm kiss_man_man
    👩‍❤️‍💋‍👨 kiss_woman_man
    👩‍❤️‍💋‍👩 kiss_ww couplekiss_ww
    😗 kissing kissing_face
    😽 kissing_cat
    😚 kissing_closed_eyes
    😘 kissing_heart
    😙 kissing_smiling_eyes
    🪁 kite
    🥝 kiwi kiwi_fruit kiwifruit
    🔪 knife kitchen_knife
    🪢 knot
    🐨 koala
    🈁 koko
    🥼 lab_coat
    🏷️ label
    🥍 lacrosse
    🪜 ladder
    🐞 lady_beetle
    🔷 large_blue_diamond
    🔶 large_orange_diamond
    🌗 last_quarter_moon
    🌜 last_quarter_moon_with_face
    😆 laughing satisfied
    🪾 leafless_tree
    🥬 leafy_green
    🍃 leaves
    📒 ledger
    🤛 left_facing_fist left_fist
    🛅 left_luggage
    ↔️ left_right_arrow
    ↩️ leftwards_arrow_with_hook
    🫲 leftwards_hand
    🫷 leftwards_pushing_hand
    🦵 leg
    🍋 lemon
    ♌ leo
    🐆 leopard
    🎚️ level_slider
    🕴️ levitate man_in_business_suit_levitating
    ♎ libra
    🩵 light_blue_heart
    🚈 light_rail
    🍋‍🟩 lime
    🔗 link
    🦁 lion_face lion
    👄 lips mouth
    💄 lipstick
    🦎 lizard
    🦙 llama
    🦞 lobster
    🔒 lock locked
    🔏 lock_with_ink_pen
    🍭 lollipop
    🪘 long_drum
    ➿ loop
    🪷 lotus
    🔊 loud_sound
    📢 loudspeaker
    🏩 love_hotel
    💌 love_letter
    🤟 love_you_gesture
    🪫 low_battery
    🔅 low_brightness
    🧳 luggage
    🫁 lungs
    🤥 lying_face liar
    Ⓜ️ m circled_m
    🔍 mag
    🔎 mag_right
    🧙 mage
    🪄 magic_wand
    🧲 magnet
    🀄 mahjong
    📫 mailbox
    📪 mailbox_closed
    📬 mailbox_with_mail
    📭 mailbox_with_no_mail
    ♂️ male_sign
    🦣 mammoth
    👨 man
    👨‍🎨 man_artist
    👨‍🚀 man_astronaut
    👨‍🦲 man_bald
    🧔‍♂️ man_beard
    🚴‍♂️ man_biking
    ⛹️‍♂️ man_bouncing_ball
    🙇‍♂️ man_bowing
    🤸‍♂️ man_cartwheeling
    🧗‍♂️ man_climbing
    👷‍♂️ man_construction_worker
    👨‍🍳 man_cook
    👨‍🦱 man_curly_haired
    🕺 man_dancing male_dancer
    🕵️‍♂️ man_detective
    🧝‍♂️ man_elf
    🤦‍♂️ man_facepalming
    👨‍🏭 man_factory_worker
    🧚‍♂️ man_fairy
    👨‍🌾 man_farmer
    👨‍🍼 man_feeding_baby
    👨‍🚒 man_firefighter
    🙍‍♂️ man_frowning
    🧞‍♂️ man_genie
    🙅‍♂️ man_gesturing_no
    🙆‍♂️ man_gesturing_ok
    💆‍♂️ man_getting_face_massage
    💇‍♂️ man_getting_haircut
    🏌️‍♂️ man_golfing
    💂‍♂️ man_guard
    👨‍⚕️ man_health_worker
    🧘‍♂️ man_in_lotus_position
    👨‍🦽 man_in_manual_wheelchair
    👨‍🦽‍➡️ man_in_manual_wheelchair_facing_right
    👨‍🦼 man_in_motorized_wheelchair
    👨‍🦼‍➡️ man_in_motorized_wheelchair_facing_right
    👨‍🎄 man_in_santa_hat
    🧖‍♂️ man_in_steamy_room
    🤵‍♂️ man_in_tuxedo
    👨‍⚖️ man_judge
    🤹‍♂️ man_juggling
    🧎‍♂️ man_kneeling
    🧎‍♂️‍➡️ man_kneeling_facing_right
    🏋️‍♂️ man_lifting_weights
    🧙‍♂️ man_mage
    👨‍🔧 man_mechanic
    🚵‍♂️ man_mountain_biking
    👨‍💼 man_office_worker
    👨‍✈️ man_pilot
    🤾‍♂️ man_playing_handball
    🤽‍♂️ man_playing_water_polo
    👮‍♂️ man_police_officer
    🙎‍♂️ man_pouting
    🙋‍♂️ man_raising_hand
    👨‍🦰 man_red_haired man_red_hair
    🚣‍♂️ man_rowing_boat
    🏃‍♂️ man_running
    🏃‍♂️‍➡️ man_running_facing_right
    👨‍🔬 man_scientist
    🤷‍♂️ man_shrugging
    👨‍🎤 man_singer
    🧍‍♂️ man_standing
    👨‍🎓 man_student
    🦸‍♂️ man_superhero
    🦹‍♂️ man_supervillain
    🏄‍♂️ man_surfing
    🏊‍♂️ man_swimming
    👨‍🏫 man_teacher
    👨‍💻 man_technologist
    💁‍♂️ man_tipping_hand
    🧛‍♂️ man_vampire
    🚶‍♂️ man_walking
    🚶‍♂️‍➡️ man_walking_facing_right
    👳‍♂️ man_wearing_turban
    👨‍🦳 man_white_haired
    👲 man_with_chinese_cap man_with_gua_pi_mao
    👨‍🦯 man_with_probing_cane
    👰‍♂️ man_with_veil
    👨‍🦯‍➡️ man_with_white_cane_facing_right
    🧟‍♂️ man_zombie
    🥭 mango
    👞 mans_shoe
    🦽 manual_wheelchair
    🗺️ map world_map
    🍁 maple_leaf
    🪇 maracas
    🥋 martial_arts_uniform karate_uniform
    😷 mask
    🧉 mate
    🍖 meat_on_bone
    🧑‍🔧 mechanic
    🦾 mechanical_arm
    🦿 mechanical_leg
    🏅 medal sports_medal
    ⚕️ medical_symbol
    📣 mega megaphone
    🍈 melon
    🫠 melting_face
    👯‍♂️ men_with_bunny_ears_partying
    🤼‍♂️ men_wrestling
    ❤️‍🩹 mending_heart
    🕎 menorah
    🚹 mens mens_room
    🧜‍♀️ mermaid
    🧜‍♂️ merman
    🧜 merperson
    🤘 metal sign_of_the_horns
    🚇 metro
    🦠 microbe
    🎙️ microphone2 studio_microphone
    🎤 microphone
    🔬 microscope
    🖕 middle_finger reversed_hand_with_middle_finger_extended
    🪖 military_helmet
    🎖️ military_medal
    🥛 milk glass_of_milk
    🌌 milky_way
    🚐 minibus
    💽 minidisc computer_disk
    🪞 mirror
    🪩 mirror_ball
    📱 mobile_phone
    📴 mobile_phone_off
    🤑 money_mouth money_mouth_face
    💸 money_with_wings
    💰 moneybag money_bag
    🐒 monkey
    🐵 monkey_face
    🚝 monorail
    🥮 moon_cake
    🫎 moose
    🎓 mortar_board
    🕌 mosque
    🦟 mosquito
    🛵 motor_scooter motorbike
    🛥️ motorboat motor_boat
    🏍️ motorcycle racing_motorcycle
    🦼 motorized_wheelchair
    🛣️ motorway
    🗻 mount_fuji
    ⛰️ mountain
    🚠 mountain_cableway
    🚞 mountain_railway
    🏔️ mountain_snow snow_capped_mountain
    🐁 mouse2
    🐭 mouse mouse_face
    🖱️ mouse_three_button three_button_mouse
    🪤 mouse_trap
    🎥 movie_camera
    🗿 moyai moai
    🤶 mrs_claus mother_christmas
    💪 muscle flexed_biceps
    🍄 mushroom
    🎹 musical_keyboard
    🎵 musical_note
    🎼 musical_score
    🔇 mute muted_speaker
    🧑‍🎄 mx_claus
    💅 nail_care nail_polish
    📛 name_badge
    🤢 nauseated_face sick
    🧿 nazar_amulet
    👔 necktie
    ❎ negative_squared_cross_mark
    🤓 nerd nerd_face
    🪺 nest_with_eggs
    🪆 nesting_dolls
    😐 neutral_face
    🆕 new
    🌑 new_moon
    🌚 new_moon_with_face new_moon_face
    🗞️ newspaper2 rolled_up_newspaper
    📰 newspaper
    🆖 ng
    🌃 night_with_stars
    9⃣ nine
    🥷 ninja
    🔕 no_bell
    🚳 no_bicycles
    ⛔ no_entry
    🚫 no_entry_sign prohibited
    📵 no_mobile_phones
    😶 no_mouth
    🚷 no_pedestrians
    🚭 no_smoking
    🚱 non-potable_water
    👃 nose
    📓 notebook
    📔 notebook_with_decorative_cover
    🗒️ notepad_spiral spiral_note_pad
    🎶 notes musical_notes
    🔩 nut_and_bolt
    🅾️ o2
    ⭕ o
    🌊 ocean water_wave
    🛑 octagonal_sign stop_sign
    🐙 octopus
    🍢 oden
    🏢 office
    🧑‍💼 office_worker
    🛢️ oil oil_drum
    🆗 ok
    👌 ok_hand
    🧓 older_adult older_person
    👴 older_man old_man
    👵 older_woman grandma old_woman
    🫒 olive
    🕉️ om_symbol
    🔛 on on_arrow
    🚘 oncoming_automobile
    🚍 oncoming_bus
    🚔 oncoming_police_car
    🚖 oncoming_taxi
    1⃣ one
    🩱 one_piece_swimsuit
    🧅 onion
    📂 open_file_folder
    👐 open_hands
    😮 open_mouth
    ⛎ ophiuchus
    📙 orange_book
    🟠 orange_circle
    🧡 orange_heart
    🟧 orange_square
    🦧 orangutan
    ☦️ orthodox_cross
    🦦 otter
    📤 outbox_tray
    🦉 owl
    🐂 ox
    🦪 oyster
    📦 package
    📄 page_facing_up
    📃 page_with_curl
    📟 pager
    🖌️ paintbrush lower_left_paintbrush
    🫳 palm_down_hand
    🌴 palm_tree
    🫴 palm_up_hand
    🤲 palms_up_together
    🥞 pancakes
    🐼 panda_face panda
    📎 paperclip
    🖇️ paperclips linked_paperclips
    🪂 parachute
    🏞️ park national_park
    🅿️ parking
    🦜 parrot
    〽️ part_alternation_mark
    ⛅ partly_sunny
    🥳 partying_face
    🛂 passport_control
    ⏸️ pause_button double_vertical_bar
    🫛 pea_pod
    ☮️ peace peace_symbol
    🍑 peach
    🦚 peacock
    🥜 peanuts shelled_peanut
    🍐 pear
    🖊️ pen_ballpoint lower_left_ballpoint_pen pen
    🖋️ pen_fountain fountain_pen lower_left_fountain_pen
    ✏️ pencil2
    📝 pencil memo
    🐧 penguin
    😔 pensive pensive_face
    🧑‍🤝‍🧑 people_holding_hands
    🫂 people_hugging
    👯 people_with_bunny_ears_partying dancers
    🤼 people_wrestling wrestlers wrestling
    🎭 performing_arts
    😣 persevere
    🧑‍🦲 person_bald
    🚴 person_biking bicyclist
    ⛹️ person_bouncing_ball basketball_player person_with_ball
    🙇 person_bowing bow
    🧗 person_climbing
    🧑‍🦱 person_curly_hair
    🤸 person_doing_cartwheel cartwheel
    🤦 person_facepalming face_palm facepalm
    🧑‍🍼 person_feeding_baby
    🤺 person_fencing fencer fencing
    🙍 person_frowning
    🙅 person_gesturing_no no_good
    🙆 person_gesturing_ok ok_woman
    💇 person_getting_haircut haircut
    💆 person_getting_massage massage
    🏌️ person_golfing golfer
    🧘 person_in_lotus_position
    🧑‍🦽 person_in_manual_wheelchair
    🧑‍🦽‍➡️ person_in_manual_wheelchair_facing_right
    🧑‍🦼 person_in_motorized_wheelchair
    🧑‍🦼‍➡️ person_in_motorized_wheelchair_facing_right
    🧖 person_in_steamy_room
    🤵 person_in_tuxedo
    🤹 person_juggling juggler juggling
    🧎 person_kneeling
    🧎‍➡️ person_kneeling_facing_right
    🏋️ person_lifting_weights lifter weight_lifter
    🚵 person_mountain_biking mountain_bicyclist
    🤾 person_playing_handball handball
    🤽 person_playing_water_polo water_polo
    🙎 person_pouting person_with_pouting_face
    🙋 person_raising_hand raising_hand
    🧑‍🦰 person_red_hair
    🚣 person_rowing_boat rowboat
    🏃 person_running runner
    🏃‍➡️ person_running_facing_right
    🤷 person_shrugging shrug
    🧍 person_standing
    🏄 person_surfing surfer
    🏊 person_swimming swimmer
    💁 person_tipping_hand information_desk_person
    🚶 person_walking walking
    🚶‍➡️ person_walking_facing_right
    👳 person_wearing_turban man_with_turban
    🧑‍🦳 person_white_hair
    🫅 person_with_crown
    🧑‍🦯 person_with_probing_cane
    👰 person_with_veil
    🧑‍🦯‍➡️ person_with_white_cane_facing_right
    🧫 petri_dish
    🐦‍🔥 phoenix
    ⛏️ pick
    🛻 pickup_truck
    🥧 pie
    🐖 pig2
    🐷 pig pig_face
    🐽 pig_nose
    💊 pill
    🧑‍✈️ pilot
    🤌 pinched_fingers
    🤏 pinching_hand
    🍍 pineapple
    🏓 ping_pong table_tennis
    🩷 pink_heart
    🏴‍☠️ pirate_flag
    ♓ pisces
    🍕 pizza
    🪅 piñata
    🪧 placard
    🛐 place_of_worship worship_symbol
    ⏯️ play_pause
    🛝 playground_slide
    🥺 pleading_face
    🪠 plunger
    👇 point_down
    👈 point_left
    👉 point_right
    ☝️ point_up
    👆 point_up_2
    🐻‍❄️ polar_bear
    🚓 police_car
    👮 police_officer cop
    🐩 poodle
    💩 poop hankey pile_of_poo poo shit
    🍿 popcorn
    🏣 post_office
    📯 postal_horn
    📮 postbox
    🚰 potable_water
    🥔 potato
    🪴 potted_plant
    👝 pouch clutch_bag
    🍗 poultry_leg
    💷 pound
    🫗 pouring_liquid
    😾 pouting_cat
    🙏 pray folded_hands
    📿 prayer_beads
    🫃 pregnant_man
    🫄 pregnant_person
    🤰 pregnant_woman expecting_woman
    🥨 pretzel
    🤴 prince
    👸 princess
    🖨️ printer
    🦯 probing_cane
    📽️ projector film_projector
    👊 punch oncoming_fist
    🟣 purple_circle
    💜 purple_heart
    🟪 purple_square
    👛 purse
    📌 pushpin
    🚮 put_litter_in_its_place
    ❓ question question_mark
    🐇 rabbit2
    🐰 rabbit rabbit_face
    🦝 raccoon
    🏎️ race_car racing_car
    🐎 racehorse
    📻 radio
    🔘 radio_button
    ☢️ radioactive radioactive_sign
    😡 rage pouting_face
    🚃 railway_car
    🛤️ railway_track railroad_track
    🌈 rainbow
    🏳️‍🌈 rainbow_flag gay_pride_flag
    🤚 raised_back_of_hand back_of_hand
    ✋ raised_hand
    🙌 raised_hands raising_hands
    🐏 ram
    🍜 ramen steaming_bowl
    🐀 rat
    🪒 razor
    🧾 receipt
    ⏺️ record_button
    ♻️ recycle
    🚗 red_car automobile
    🔴 red_circle
    🧧 red_envelope
    🦰 red_haired red_hair
    🟥 red_square
    🇦 regional_indicator_a
    🇧 regional_indicator_b
    🇨 regional_indicator_c
    🇩 regional_indicator_d
    🇪 regional_indicator_e
    🇫 regional_indicator_f
    🇬 regional_indicator_g
    🇭 regional_indicator_h
    🇮 regional_indicator_i
    🇯 regional_indicator_j
    🇰 regional_indicator_k
    🇱 regional_indicator_l
    🇲 regional_indicator_m
    🇳 regional_indicator_n
    🇴 regional_indicator_o
    🇵 regional_indicator_p
    🇶 regional_indicator_q
    🇷 regional_indicator_r
    🇸 regional_indicator_s
    🇹 regional_indicator_t
    🇺 regional_indicator_u
    🇻 regional_indicator_v
    🇼 regional_indicator_w
    🇽 regional_indicator_x
    🇾 regional_indicator_y
    🇿 regional_indicator_z
    ®️ registered
    ☺️ relaxed smiling_face
    😌 relieved relieved_face
    🎗️ reminder_ribbon
    🔁 repeat
    🔂 repeat_one
    🚻 restroom
    💞 revolving_hearts
    ⏪ rewind
    🦏 rhino rhinoceros
    🎀 ribbon
    🍚 rice cooked_rice
    🍙 rice_ball
    🍘 rice_cracker
    🎑 rice_scene
    🤜 right_facing_fist right_fist
    🫱 rightwards_hand
    🫸 rightwards_pushing_hand
    💍 ring
    🛟 ring_buoy
    🪐 ringed_planet
    🤖 robot robot_face
    🪨 rock
    🚀 rocket
    🤣 rofl rolling_on_the_floor_laughing
    🧻 roll_of_paper
    🎢 roller_coaster
    🛼 roller_skate
    🙄 rolling_eyes face_with_rolling_eyes
    🐓 rooster
    🫜 root_vegetable
    🌹 rose
    🏵️ rosette
    🚨 rotating_light
    📍 round_pushpin
    🏉 rugby_football
    🎽 running_shirt_with_sash running_shirt
    🈂️ sa
    🧷 safety_pin
    🦺 safety_vest
    ♐ sagittarius
    ⛵ sailboat
    🍶 sake
    🥗 salad green_salad
    🧂 salt
    🫡 saluting_face
    👡 sandal womans_sandal
    🥪 sandwich
    🎅 santa santa_claus
    🥻 sari
    📡 satellite
    🛰️ satellite_orbital
    🦕 sauropod
    🎷 saxophone
    ⚖️ scales balance_scale
    🧣 scarf
    🏫 school
    🎒 school_satchel backpack
    🧑‍🔬 scientist
    ✂️ scissors
    🛴 scooter kick_scooter
    🦂 scorpion
    ♏ scorpius scorpio
    🏴󠁧󠁢󠁳󠁣󠁴󠁿 scotland
    😱 scream
    🙀 scream_cat weary_cat
    🪛 screwdriver
    📜 scroll
    🦭 seal
    💺 seat
    🥈 second_place second_place_medal
    ㊙️ secret
    🙈 see_no_evil
    🌱 seedling
    🤳 selfie
    🐕‍🦺 service_dog
    7⃣ seven
    🪡 sewing_needle
    🫨 shaking_face
    🥘 shallow_pan_of_food paella
    ☘️ shamrock
    🦈 shark
    🍧 shaved_ice
    🐑 sheep ewe
    🐚 shell spiral_shell
    ️ shibuya
    🛡️ shield
    ⛩️ shinto_shrine
    🚢 ship
    👕 shirt t_shirt
    🛍️ shopping_bags
    🛒 shopping_cart shopping_trolley
    🩳 shorts
    🪏 shovel
    🚿 shower
    🦐 shrimp
    🤫 shushing_face
    📶 signal_strength antenna_bars
    🧑‍🎤 singer
    6⃣ six
    🔯 six_pointed_star
    🛹 skateboard
    🎿 ski skis
    ⛷️ skier
    💀 skull skeleton
    ☠️ skull_crossbones skull_and_crossbones
    🦨 skunk
    🛷 sled
    😴 sleeping sleeping_face
    🛌 sleeping_accommodation person_in_bed
    😪 sleepy sleepy_face
    🙁 slight_frown slightly_frowning_face
    🙂 slight_smile slightly_smiling_face
    🎰 slot_machine
    🦥 sloth
    🔹 small_blue_diamond
    🔸 small_orange_diamond
    🔺 small_red_triangle
    🔻 small_red_triangle_down
    😄 smile
    😸 smile_cat
    😃 smiley
    😺 smiley_cat grinning_cat
    🥰 smiling_face_with_3_hearts
    🥲 smiling_face_with_tear
    😈 smiling_imp
    😏 smirk smirking_face
    😼 smirk_cat
    🚬 smoking cigarette
    🐌 snail
    🐍 snake
    🤧 sneezing_face sneeze
    🏂 snowboarder
    ❄️ snowflake
    ☃️ snowman2
    ⛄ snowman
    🧼 soap
    😭 sob
    ⚽ soccer soccer_ball
    🧦 socks
    🥎 softball
    🔜 soon soon_arrow
    🆘 sos
    🔉 sound
    👾 space_invader alien_monster
    ♠️ spades spade_suit
    🍝 spaghetti
    ❇️ sparkle
    🎇 sparkler
    ✨ sparkles
    💖 sparkling_heart
    🙊 speak_no_evil
    🔈 speaker
    🗣️ speaking_head speaking_head_in_silhouette
    💬 speech_balloon
    🗨️ speech_left left_speech_bubble
    🚤 speedboat
    🕷️ spider
    🕸️ spider_web
    🫟 splatter
    🧽 sponge
    🥄 spoon
    🧴 squeeze_bottle lotion_bottle
    🦑 squid
    🏟️ stadium
    🌟 star2 glowing_star
    ⭐ star
    ☪️ star_and_crescent
    ✡️ star_of_david
    🤩 star_struck
    🌠 stars shooting_star
    🚉 station
    🗽 statue_of_liberty
    🚂 steam_locomotive locomotive
    🩺 stethoscope
    🍲 stew pot_of_food
    ⏹️ stop_button
    ⏱️ stopwatch
    📏 straight_ruler
    🍓 strawberry
    😛 stuck_out_tongue
    😝 stuck_out_tongue_closed_eyes
    😜 stuck_out_tongue_winking_eye
    🧑‍🎓 student
    🥙 stuffed_flatbread stuffed_pita
    🌞 sun_with_face
    🌻 sunflower
    😎 sunglasses
    ☀️ sunny sun
    🌅 sunrise
    🌄 sunrise_over_mountains
    🦸 superhero
    🦹 supervillain
    🍣 sushi
    🚟 suspension_railway
    🦢 swan
    😓 sweat
    💦 sweat_drops
    😅 sweat_smile
    🍠 sweet_potato
    🔣 symbols input_symbols
    🕍 synagogue
    💉 syringe
    🦖 t_rex
    🌮 taco
    🎉 tada party_popper
    🥡 takeout_box
    🫔 tamale
    🎋 tanabata_tree
    🍊 tangerine
    ♉ taurus
    🚕 taxi
    🍵 tea
    🧑‍🏫 teacher
    🫖 teapot
    🧑‍💻 technologist
    🧸 teddy_bear
    ☎️ telephone
    📞 telephone_receiver
    🔭 telescope
    🎾 tennis
    ⛺ tent
    🧪 test_tube
    🌡️ thermometer
    🤒 thermometer_face face_with_thermometer
    🤔 thinking thinking_face
    🥉 third_place third_place_medal
    🩴 thong_sandal
    💭 thought_balloon
    🧵 thread
    3⃣ three
    👎 thumbsdown -1 thumbdown thumbs_down
    👍 thumbsup +1 thumbs_up thumbup
    ⛈️ thunder_cloud_rain thunder_cloud_and_rain
    🎫 ticket
    🎟️ tickets admission_tickets
    🐅 tiger2
    🐯 tiger tiger_face
    ⏲️ timer timer_clock
    😫 tired_face
    ™️ tm trade_mark
    🚽 toilet
    🗼 tokyo_tower
    🍅 tomato
    🏻 tone1
    🏼 tone2
    🏽 tone3
    🏾 tone4
    🏿 tone5
    👅 tongue
    🧰 toolbox
    🛠️ tools hammer_and_wrench
    🦷 tooth
    🪥 toothbrush
    🔝 top top_arrow
    🎩 tophat top_hat
    ⏭️ track_next next_track
    ⏮️ track_previous previous_track
    🖲️ trackball
    🚜 tractor
    🚥 traffic_light
    🚆 train2
    🚋 train tram_car
    🚊 tram
    🏳️‍⚧️ transgender_flag
    ⚧️ transgender_symbol
    🚩 triangular_flag_on_post
    📐 triangular_ruler
    🔱 trident
    😤 triumph
    🧌 troll
    🚎 trolleybus
    🏆 trophy
    🍹 tropical_drink
    🐠 tropical_fish
    🚚 truck
    🎺 trumpet
    🌷 tulip
    🥃 tumbler_glass whisky
    🦃 turkey
    🐢 turtle
    📺 tv television
    🔀 twisted_rightwards_arrows
    2⃣ two
    💕 two_hearts
    👬 two_men_holding_hands
    👭 two_women_holding_hands
    🈹 u5272
    🈴 u5408
    🈺 u55b6
    🈯 u6307
    🈷️ u6708
    🈶 u6709
    🈵 u6e80
    🈚 u7121
    🈸 u7533
    🈲 u7981
    🈳 u7a7a
    ☂️ umbrella2
    ☔ umbrella
    😒 unamused unamused_face
    🔞 underage
    🦄 unicorn unicorn_face
    🇺🇳 united_nations
    🔓 unlock unlocked
    🆙 up
    🙃 upside_down upside_down_face
    ⚱️ urn funeral_urn
    ✌️ v victory_hand
    🧛 vampire
    🚦 vertical_traffic_light
    📼 vhs videocassette
    📳 vibration_mode
    📹 video_camera
    🎮 video_game
    🎻 violin
    ♍ virgo
    🌋 volcano
    🏐 volleyball
    🆚 vs
    🖖 vulcan raised_hand_with_part_between_middle_and_ring_fingers vulcan_salute
    🧇 waffle
    🏴󠁧󠁢󠁷󠁬󠁳󠁿 wales
    🌘 waning_crescent_moon
    🌖 waning_gibbous_moon
    ⚠️ warning
    🗑️ wastebasket
    ⌚ watch
    🐃 water_buffalo
    🍉 watermelon
    👋 wave waving_hand
    〰️ wavy_dash
    🌒 waxing_crescent_moon
    🌔 waxing_gibbous_moon
    🚾 wc water_closet
    😩 weary weary_face
    💒 wedding
    🐋 whale2
    🐳 whale
    🛞 wheel
    ☸️ wheel_of_dharma
    ♿ wheelchair
    ✅ white_check_mark
    ⚪ white_circle
    💮 white_flower
    🦳 white_haired white_hair
    🤍 white_heart
    ⬜ white_large_square
    ◽ white_medium_small_square
    ◻️ white_medium_square
    ▫️ white_small_square
    🔳 white_square_button
    🌥️ white_sun_cloud white_sun_behind_cloud
    🌦️ white_sun_rain_cloud white_sun_behind_cloud_with_rain
    🌤️ white_sun_small_cloud white_sun_with_small_cloud
    🥀 wilted_rose wilted_flower
    🌬️ wind_blowing_face wind_face
    🎐 wind_chime
    🪟 window
    🍷 wine_glass
    🪽 wing
    😉 wink winking_face
    🛜 wireless
    🐺 wolf
    👩 woman
    👩‍🎨 woman_artist
    👩‍🚀 woman_astronaut
    👩‍🦲 woman_bald
    🧔‍♀️ woman_beard
    🚴‍♀️ woman_biking
    ⛹️‍♀️ woman_bouncing_ball
    🙇‍♀️ woman_bowing
    🤸‍♀️ woman_cartwheeling
    🧗‍♀️ woman_climbing
    👷‍♀️ woman_construction_worker
    👩‍🍳 woman_cook
    👩‍🦱 woman_curly_haired
    🕵️‍♀️ woman_detective
    🧝‍♀️ woman_elf
    🤦‍♀️ woman_facepalming
    👩‍🏭 woman_factory_worker
    🧚‍♀️ woman_fairy
    👩‍🌾 woman_farmer
    👩‍🍼 woman_feeding_baby
    👩‍🚒 woman_firefighter
    🙍‍♀️ woman_frowning
    🧞‍♀️ woman_genie
    🙅‍♀️ woman_gesturing_no
    🙆‍♀️ woman_gesturing_ok
    💆‍♀️ woman_getting_face_massage
    💇‍♀️ woman_getting_haircut
    🏌️‍♀️ woman_golfing
    💂‍♀️ woman_guard
    👩‍⚕️ woman_health_worker
    🧘‍♀️ woman_in_lotus_position
    👩‍🦽 woman_in_manual_wheelchair
    👩‍🦽‍➡️ woman_in_manual_wheelchair_facing_right
    👩‍🦼 woman_in_motorized_wheelchair
    👩‍🦼‍➡️ woman_in_motorized_wheelchair_facing_right
    👩‍🎄 woman_in_santa_hat
    🧖‍♀️ woman_in_steamy_room
    🤵‍♀️ woman_in_tuxedo
    👩‍⚖️ woman_judge
    🤹‍♀️ woman_juggling
    🧎‍♀️ woman_kneeling
    🧎‍♀️‍➡️ woman_kneeling_facing_right
    🕴️‍♀️ woman_levitate woman_in_business_suit_levitating
    🏋️‍♀️ woman_lifting_weights
    🧙‍♀️ woman_mage
    👩‍🔧 woman_mechanic
    🚵‍♀️ woman_mountain_biking
    👩‍💼 woman_office_worker
    👩‍✈️ woman_pilot
    🤾‍♀️ woman_playing_handball
    🤽‍♀️ woman_playing_water_polo
    👮‍♀️ woman_police_officer
    🙎‍♀️ woman_pouting
    🙋‍♀️ woman_raising_hand
    👩‍🦰 woman_red_haired
    🚣‍♀️ woman_rowing_boat
    🏃‍♀️ woman_running
    🏃‍♀️‍➡️ woman_running_facing_right
    👩‍🔬 woman_scientist
    🤷‍♀️ woman_shrugging
    👩‍🎤 woman_singer
    🧍‍♀️ woman_standing
    👩‍🎓 woman_student
    🦸‍♀️ woman_superhero
    🦹‍♀️ woman_supervillain
    🏄‍♀️ woman_surfing
    🏊‍♀️ woman_swimming
    👩‍🏫 woman_teacher
    👩‍💻 woman_technologist
    💁‍♀️ woman_tipping_hand
    🧛‍♀️ woman_vampire
    🚶‍♀️ woman_walking
    🚶‍♀️‍➡️ woman_walking_facing_right
    👳‍♀️ woman_wearing_turban
    👩‍🦳 woman_white_haired
    🧕 woman_with_headscarf
    👩‍🦯 woman_with_probing_cane
    👰‍♀️ woman_with_veil
    👩‍🦯‍➡️ woman_with_white_cane_facing_right
    🧟‍♀️ woman_zombie
    👚 womans_clothes
    🥿 womans_flat_shoe flat_shoe
    👒 womans_hat
    👯‍♀️ women_with_bunny_ears_partying
    🤼‍♀️ women_wrestling
    🚺 womens womens_room
    🪵 wood
    🥴 woozy_face
    🪱 worm
    😟 worried worried_face
    🔧 wrench
    ✍️ writing_hand
    ❌ x cross_mark
    🩻 x_ray
    🧶 yarn
    🥱 yawning_face
    🟡 yellow_circle
    💛 yellow_heart
    🟨 yellow_square
    💴 yen yen_banknote
    ☯️ yin_yang
    🪀 yo_yo
    😋 yum
    🤪 zany_face
    ⚡ zap high_voltage
    🦓 zebra
    0⃣ zero
    🤐 zipper_mouth zipper_mouth_face
    🧟 zombie
    💤 zzz
    """
}

let controls: [Control] = []

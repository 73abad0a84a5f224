# What completes `dragoman` in fish.
complete -c dragoman -l safe-graphics -d 'Draw without the graphics card, for this start'
complete -c dragoman -s h -l help -d 'Print the options'
complete -c dragoman -s V -l version -d 'Print the version'

; Among "Open with" for pictures and PDFs, never the default; and the addresses dragoman://.
; All of it is the user's own, as the installation is.

!macro DRAGOMAN_OPENS ending
  WriteRegStr HKCU "Software\Classes\Applications\dragoman.exe\SupportedTypes" "${ending}" ""
!macroend

!macro NSIS_HOOK_POSTINSTALL
  WriteRegStr HKCU "Software\Classes\Applications\dragoman.exe" "FriendlyAppName" "Dragoman"
  WriteRegStr HKCU "Software\Classes\Applications\dragoman.exe\shell\open\command" "" '"$INSTDIR\dragoman.exe" "%1"'
  !insertmacro DRAGOMAN_OPENS ".jpg"
  !insertmacro DRAGOMAN_OPENS ".jpeg"
  !insertmacro DRAGOMAN_OPENS ".png"
  !insertmacro DRAGOMAN_OPENS ".webp"
  !insertmacro DRAGOMAN_OPENS ".gif"
  !insertmacro DRAGOMAN_OPENS ".bmp"
  !insertmacro DRAGOMAN_OPENS ".tif"
  !insertmacro DRAGOMAN_OPENS ".tiff"
  !insertmacro DRAGOMAN_OPENS ".ico"
  !insertmacro DRAGOMAN_OPENS ".avif"
  !insertmacro DRAGOMAN_OPENS ".heic"
  !insertmacro DRAGOMAN_OPENS ".heif"
  !insertmacro DRAGOMAN_OPENS ".svg"
  !insertmacro DRAGOMAN_OPENS ".pdf"
  WriteRegStr HKCU "Software\Classes\dragoman" "" "URL:Dragoman"
  WriteRegStr HKCU "Software\Classes\dragoman" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\dragoman\shell\open\command" "" '"$INSTDIR\dragoman.exe" "%1"'
!macroend

!macro NSIS_HOOK_POSTUNINSTALL
  DeleteRegKey HKCU "Software\Classes\Applications\dragoman.exe"
  DeleteRegKey HKCU "Software\Classes\dragoman"
!macroend

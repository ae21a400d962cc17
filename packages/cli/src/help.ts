/** What the server's own machine can do besides; the starting script hands it to the backend. */
export const adminHelp = `
On the server's own machine also:
  admin reset-password <user>  set a new password for somebody who has lost theirs
`

export const settingsHelp = `
Settings (environment):
  IMALINK_SERVER, IMALINK_API_KEY  server and key, instead of a login
  IMALINK_CREDENTIALS              the file that login keeps (default: ~/.config/imalink/credentials.json)
  IMALINK_STATE                    where the journal of imports is kept (default: ~/.local/state/imalink)
  IMALINK_CORE_TOKEN               what core asks for, where it was started with a token
`

export const importHelp = `
Originals stay where they are: only previews and metadata are kept. A repeat creates nothing and decodes nothing that is
known, so an interrupted import is simply run again.

Which files:
  Every file in a folder and below it, by whatever name, except: hidden ones; links; other disks that are mounted there;
  folders in which other programs keep previews (@eaDir, *.lrdata, ...); and names that say the file is something else
  (.mp4, .zip, .txt, .psd, ...), which the report counts. What a file is, its content decides: a photo with a wrong or
  no ending comes in. A file named in the command is always looked at.
  A glob without a slash means files and folders of that name anywhere, one with a slash begins at what was named
  ('2024/raw/*.nef'); a folder means all that is in it. Upper and lower case are the same.

One photo of several files:
  A RAW, the JPEG or HEIC that the camera wrote beside it (same folder and name) and their XMP side-cars
  (IMG_1.xmp, IMG_1.CR2.xmp) become one photo, unless their dates, shapes or cameras say that they are not. Side-cars are
  read when their photo first comes in, not when they change later, and are not counted or listed.

Journal:
  What the server has acknowledged is remembered on this machine by path, size and time, so that a repeat reads nothing
  that has not changed. --recheck reads every file and asks the server again, and tries what was refused before.
  Nothing is lost with it but time: without a journal the next import reads every file once more.

Report:
  --json prints {status: completed|interrupted|failed, exit_code, reason, server, import_session_id,
  decoded_by: {kind: core|pass-through, url}, paths, found, done, created, joined, known, unchanged, duplicates,
  in_trash, refused, refused_before, refused_by_code, refused_files: [{path, code, detail, before?: true}],
  unreadable_folders: [{path, detail}], unreadable_folder_count, left_out: {hidden, links, mounts, excluded, older, by_extension},
  seconds, files_per_second}. joined: further files of photos; unchanged: those of the known ones that are so on the
  journal's word; refused_before: those of the refused ones that were not tried again.
  --json-lines prints {event: "file", path, status: created|duplicate|known|joined|refused, id, hothash, sha256, in_trash,
  unchanged?: true, note? | code, detail, before?: true, note?} for each file once the server has acknowledged it, and the
  document above as {event: "end", ...}; with --explain also {event: "file", path, status: "left_out", detail}.
  refused_files and unreadable_folders are the first thousand; --json-lines prints every file.
  --dry-run --json prints {dry_run: true, new, known, unchanged, unreadable, refused_before, left_out, unreadable_folders,
  unreadable_folder_count}; with --json-lines that is the last line, after {event: "file", path, status:
  would_import|known|unreadable|refused, ...} for each file.

Exit codes:
  0    everything is in, or was there already
  1    the import could not run, for example because a folder is missing
  2    wrong usage of the command
  3    the import ran to its end, and some files or folders were refused or could not be read
  4    a server does not answer, or does not accept the key
  130  interrupted; what was acknowledged is kept
`

export const watchHelp = `
Begins with an import of all that is there (import --help tells which files, and how). Then, whenever the system tells of a
change, and every so often in any case, looks for files that are new or changed and takes them in once they have not been
written to for two seconds. What is deleted is left alone, and a disk that is unplugged is waited for. What is refused or
away now is tried again when it changes. Ctrl-C ends it.

--json prints {event: "file", ...} as import --json-lines does, and {event: "pass", ...} with the report of import --json
for the first look at all files and for every later one that found some; found, known and unchanged count all files.

Exit codes: 0 when it is ended, 1 and 2 as for import, 4 when the server does not accept the key.
`

export const whereHelp = `
A path is that of a file on this machine: its photo is found by what is in the file, or, when it is gone, by its folder
and name. Nothing is read but that one file.

--json prints {photos: [{photo, found_by: id|hothash|content|name, in_trash, originals: [{filename, file_path, volume,
file_format, file_size, file_sha256, modified_at, presence}]}]}. presence is what lies at the path now on this machine:
here, changed (another size or time), other_disk (the disk there calls itself otherwise), missing, or unknown (no path, or only
that within a folder, which is all that a browser tells).
originals is null for a photo in the trash.
`

export const statusHelp = `
--json prints {server, version, username, key_from, core: {reachable, recipe, local_url}, imports: [...]}, the latest ten
imports as the server's API describes import sessions.
`

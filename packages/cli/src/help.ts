/** What the server's own machine can do besides; the starting script hands it to the backend. */
export const adminHelp = `
On the server's own machine also:
  admin reset-password <user>  set a new password for somebody who has lost theirs
`

export const settingsHelp = `
Settings (environment):
  IMALINK_SERVER, IMALINK_API_KEY  server and key, instead of a login
  IMALINK_CREDENTIALS              the file that login keeps (default: ~/.config/imalink/credentials.json)
  IMALINK_CORE_TOKEN               what core asks for, where it was started with a token
`

export const importHelp = `
Originals stay where they are: only previews and metadata are kept. A repeat creates nothing and decodes nothing that is
known, so an interrupted import is simply run again.

Which files:
  Every file in a folder and below it, by whatever name, except: hidden ones; links; folders in which other programs keep
  previews (@eaDir, *.lrdata, ...); and names that say the file is something else (.mp4, .zip, .txt, .xmp, .psd, ...),
  which the report counts. What a file is, its content decides: a photo with a wrong or no ending comes in. A file named
  in the command is always looked at.

Report:
  --json prints {status: completed|interrupted|failed, exit_code, reason, server, import_session_id,
  decoded_by: {kind: core|pass-through, url}, paths, found, done, created, known, duplicates, in_trash, refused,
  refused_files: [{path, code, detail}], unreadable_folders: [{path, detail}],
  left_out: {hidden, links, by_extension}, seconds, files_per_second}.
  --json-lines prints {event: "file", path, status: created|duplicate|known|refused, id, hothash, in_trash | code, detail}
  for each file once the server has acknowledged it, and the document above as {event: "end", ...}.

Exit codes:
  0    everything is in, or was there already
  1    the import could not run, for example because a folder is missing
  2    wrong usage of the command
  3    the import ran to its end, and some files or folders were refused or could not be read
  4    a server does not answer, or does not accept the key
  130  interrupted; what was acknowledged is kept
`

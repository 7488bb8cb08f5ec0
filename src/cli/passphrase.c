#include "src/cli/passphrase.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "src/base/error.h"

enum { PASSPHRASE_BYTES_MOST = 1024 };

void
stn_passphrase_free (char *passphrase)
{
  if (passphrase != NULL)
    explicit_bzero (passphrase, strlen (passphrase));
  g_free (passphrase);
}

char *
stn_passphrase_from_file (const char *path, GError **error)
{
  char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) unread = NULL;

  if (!g_file_get_contents (path, &text, &length, &unread)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s", unread->message);
    return NULL;
  }
  text[strcspn (text, "\r\n")] = '\0';
  if (*text != '\0' && strlen (text) <= PASSPHRASE_BYTES_MOST)
    return text;
  stn_passphrase_free (text);
  stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: its first line is no passphrase", path);
  return NULL;
}

/* One line, a byte at a time: what is typed behind it is not ours. */
static char *
read_line (int terminal)
{
  char *line = g_malloc0 (PASSPHRASE_BYTES_MOST + 1);
  gsize length = 0;
  char byte;
  while (read (terminal, &byte, 1) == 1 && byte != '\n' && byte != '\r')
    if (length < PASSPHRASE_BYTES_MOST)
      line[length++] = byte;
  return line;
}

static char *
ask_once (int terminal, const char *prompt)
{
  struct termios before, silent;
  gboolean can_hide = tcgetattr (terminal, &before) == 0;

  if (can_hide) {
    silent = before;
    silent.c_lflag &= (tcflag_t) ~ECHO;
    tcsetattr (terminal, TCSAFLUSH, &silent);
  }
  dprintf (terminal, "%s: ", prompt);
  char *line = read_line (terminal);
  dprintf (terminal, "\n");
  if (can_hide)
    tcsetattr (terminal, TCSAFLUSH, &before);
  return line;
}

char *
stn_passphrase_ask (const char *prompt, gboolean twice, GError **error)
{
  int terminal = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) {
    stn_error_set (error, STN_FAILURE_USAGE,
                   "there is no terminal to ask for the passphrase; name a file with --passphrase-file");
    return NULL;
  }
  char *line = ask_once (terminal, prompt);
  char *again = twice ? ask_once (terminal, "Once more") : NULL;
  gboolean ok = *line != '\0' && (again == NULL || strcmp (line, again) == 0);
  if (!ok)
    stn_error_set (error, STN_FAILURE_USAGE,
                   *line == '\0' ? "an empty passphrase is none" : "these are two passphrases");
  close (terminal);
  stn_passphrase_free (again);
  if (ok)
    return line;
  stn_passphrase_free (line);
  return NULL;
}

// The connection of a rank to PMIx's server on its host, in as far as it matters for how soon MPI_Finalize ends.
//
// PMIx says goodbye in several small messages without an answer, so the second one waits for the acknowledgement of the
// first, which the kernel delays by 40 ms (Nagle's algorithm; PMIx does not turn it off).
#pragma once

namespace hecaton::detail::launch {

/// The port in "1034027008.0;tcp4://127.0.0.1:42177"; 0 for other text.
int pmix_port(const char* text);
/// That of the server that the environment names; 0 where it names none.
int pmix_server_port();
/// Makes the socket send at once, if it leads to that port. Returns whether it does.
bool send_at_once(int socket, int port);
/// The same for all sockets of this process that lead there; 0: none does.
void make_finalize_prompt(int port);

}  // namespace hecaton::detail::launch

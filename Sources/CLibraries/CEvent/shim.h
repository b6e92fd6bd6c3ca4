// Only what the Swift importer cannot see: calls with glibc's transparent unions, and what glibc hides.
#ifndef CEVENT_SHIM_H
#define CEVENT_SHIM_H
// First Swift's own module of glibc: so its types, such as sockaddr_storage, belong to Glibc in every build. Else they
// belong to whichever module is loaded first, and differ (fd_set), since libevent defines _GNU_SOURCE and Glibc does
// not.
#if __has_include(<SwiftGlibc.h>)
#include <SwiftGlibc.h>
#endif

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
extern int accept4(int fd, struct sockaddr *__restrict a, socklen_t *__restrict n, int flags);
static inline int cevent_accept(int fd, struct sockaddr_storage *a, socklen_t *n) {
  return accept4(fd, (struct sockaddr *)a, n, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
static inline int cevent_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
static inline int cevent_bind(int fd, const struct sockaddr_storage *a, socklen_t n) {
  return bind(fd, (const struct sockaddr *)a, n);
}
static inline int cevent_getsockname(int fd, struct sockaddr_storage *a, socklen_t *n) {
  return getsockname(fd, (struct sockaddr *)a, n);
}
// libssl's, so that no second module imports its headers: a session of a context that another module made.
struct ssl_ctx_st;
extern struct ssl_st *SSL_new(struct ssl_ctx_st *context);
#endif

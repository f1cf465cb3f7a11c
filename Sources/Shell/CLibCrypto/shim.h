#ifndef GATEPOST_CLIBCRYPTO_SHIM_H
#define GATEPOST_CLIBCRYPTO_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* What of OpenSSL is macros, or would be more lines in Swift. */

/* The certificates in PEM text, each of them trusted; NULL where there is none, or one that cannot be read. */
static inline X509_STORE *gatepost_trusted(const void *pem, int length) {
    BIO *text = BIO_new_mem_buf(pem, length);
    X509_STORE *store = X509_STORE_new();
    X509 *certificate = NULL;
    int count = 0, is_good = text != NULL && store != NULL;
    ERR_clear_error();
    while (is_good && (certificate = PEM_read_bio_X509(text, NULL, NULL, NULL)) != NULL) {
        is_good = X509_STORE_add_cert(store, certificate) == 1;
        X509_free(certificate);
        count++;
    }
    /* The end of the text is an error too. */
    is_good = is_good && count > 0 && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    BIO_free(text);
    if (is_good) return store;
    X509_STORE_free(store);
    return NULL;
}

static inline STACK_OF(X509) *gatepost_chain(void) { return sk_X509_new_null(); }

static inline int gatepost_chain_add(STACK_OF(X509) *chain, const unsigned char *der, long length) {
    X509 *certificate = d2i_X509(NULL, &der, length);
    if (certificate != NULL && sk_X509_push(chain, certificate) > 0) return 1;
    X509_free(certificate);
    ERR_clear_error();
    return 0;
}

static inline void gatepost_chain_free(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }

/* Whether the first of the chain is a client's certificate, good today, that leads to one of the trusted ones or is
   one of them. */
static inline int gatepost_chain_leads_to(STACK_OF(X509) *chain, X509_STORE *trusted) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int result = 0;
    if (context != NULL && sk_X509_num(chain) > 0
        && X509_STORE_CTX_init(context, trusted, sk_X509_value(chain, 0), chain) == 1
        && X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT) == 1) {
        X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
        X509_VERIFY_PARAM_set_depth(parameters, 8);
        X509_VERIFY_PARAM_set_auth_level(parameters, 2);
        result = X509_verify_cert(context) == 1;
    }
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return result;
}

/* Whether the certificate is for that host, or for that address. */
static inline int gatepost_is_for(const unsigned char *der, long length, const char *name, int is_address) {
    X509 *certificate = d2i_X509(NULL, &der, length);
    int result = 0;
    if (certificate != NULL) {
        result = is_address ? X509_check_ip_asc(certificate, name, 0) == 1
                            : X509_check_host(certificate, name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
    }
    X509_free(certificate);
    ERR_clear_error();
    return result;
}

#endif

;;; other-editors.el --- Emacs opens a session with rutter by eglot  -*- lexical-binding: t -*-

;; emacs --batch -l other-editors.el RUTTER FILE
;; FILE is a program of Python whose function `outer' is called in `inner'; see other-editors.sh.

(require 'eglot)
(require 'imenu)
(require 'xref)

(defvar passed 0)
(defvar failed 0)

(defun check (what ok &optional seen)
  "Count whether OK, which says WHAT; show what was SEEN where it is not."
  (if ok (setq passed (1+ passed)) (setq failed (1+ failed)))
  (princ (format "%s  eglot: %s%s\n" (if ok "ok  " "FAIL") what (if ok "" (format ": %S" seen)))))

(defun await (probe)
  "Call PROBE until it gives something, for at most ten seconds, and give it."
  (let ((end (+ (float-time) 10)) found)
    (while (and (not (setq found (funcall probe))) (< (float-time) end))
      (accept-process-output nil 0.05))
    found))

(defun eldoc-text ()
  "What the echo area would say of the symbol at point."
  (let (said)
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq said (format "%s" text))))
    (await (lambda () said))))

(defun diagnostics ()
  "What the server has published of this buffer."
  (mapcar (lambda (one) (format "%s" (flymake-diagnostic-text one))) eglot--diagnostics))

(let* ((arguments command-line-args-left)
       (rutter (nth 0 arguments))
       (file (nth 1 arguments))
       (eglot-sync-connect 10)
       (eglot-autoshutdown nil)
       (inhibit-message t))
  (setq command-line-args-left nil)
  (find-file file)
  (python-mode)
  (setq-local project-find-functions (list (lambda (_) (cons 'transient (file-name-directory file)))))
  (condition-case problem
      (progn
        (add-to-list 'eglot-server-programs (list 'python-mode rutter "lsp"))
        (apply #'eglot--connect (eglot--guess-contact))
        (check "the server starts" (eglot-current-server))
        (goto-char (point-min))
        (search-forward "def outer")
        (backward-char)
        (let ((text (await (lambda () (let ((text (eldoc-text))) (and text (string-match-p "cyclomatic" text) text))))))
          (check "eldoc says how complex a function is" text (eldoc-text)))
        (search-forward "return outer")
        (backward-char)
        (let* ((found (await (lambda () (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot)))))
               (place (and found (xref-item-location (car found)))))
          (check "xref finds the definition" (and place (equal (xref-location-line place) 1)) found))
        (let ((found (await (lambda () (xref-backend-references 'eglot (xref-backend-identifier-at-point 'eglot))))))
          (check "and the references" (>= (length found) 1) found))
        (let ((index (format "%S" (funcall imenu-create-index-function))))
          (check "imenu has the functions" (and (string-match-p "outer" index) (string-match-p "inner" index)) index))
        ;; What comes by itself: what no path reaches.
        (check "flymake gets unreachable code as a hint" (await #'diagnostics))
        (let ((process (jsonrpc--process (eglot-current-server))))
          (eglot-shutdown (eglot-current-server) nil 5)
          (check "the server ends when it is asked to" (not (process-live-p process)))))
    (error (check "no error" nil problem)))
  (princ (format "eglot-counts %d %d\n" passed failed))
  (kill-emacs (if (> failed 0) 1 0)))
;;; other-editors.el ends here
